// What each optimization level runs, in order. The manager repeats a list until it changes nothing.

import { recognizing } from './passes/recognize/index.ts';
import { canonicalReshapes } from './passes/simplify/canonical-reshapes.ts';
import { commonSubexpressions } from './passes/simplify/common-subexpressions.ts';
import { deadCode } from './passes/simplify/dead-code.ts';
import { foldConstants } from './passes/simplify/fold-constants.ts';
import { mergeClips } from './passes/simplify/merge-clips.ts';
import { removeExpands } from './passes/simplify/remove-expands.ts';
import { removeNoOps } from './passes/simplify/remove-no-ops.ts';
import { simplifyArithmetic } from './passes/simplify/simplify-arithmetic.ts';
import { foldBatchNorm } from './passes/structure/fold-batch-norm.ts';
import { foldScales } from './passes/structure/fold-scales.ts';
import { inlineBranches } from './passes/structure/inline-branches.ts';
import { sinkConstants } from './passes/structure/sink-constants.ts';
import { unrollLoops } from './passes/structure/unroll-loops.ts';
import type { Pass } from './rule.ts';

/** 0 only computes what is known at build; 1 rewrites nothing that computes; 2 and 3 also change how it is computed. */
export type Level = 0 | 1 | 2 | 3;

const O0: readonly Pass[] = [deadCode, foldConstants, inlineBranches];

const O1: readonly Pass[] = [
  deadCode,
  foldConstants,
  inlineBranches,
  sinkConstants,
  removeNoOps,
  canonicalReshapes,
  mergeClips,
  commonSubexpressions,
];

const O2: readonly Pass[] = [
  deadCode,
  foldConstants,
  inlineBranches,
  sinkConstants,
  unrollLoops,
  removeNoOps,
  canonicalReshapes,
  mergeClips,
  removeExpands,
  ...recognizing,
  simplifyArithmetic,
  foldBatchNorm,
  foldScales,
  commonSubexpressions,
];

const O3: readonly Pass[] = O2;

export const PIPELINES: Readonly<Record<Level, readonly Pass[]>> = { 0: O0, 1: O1, 2: O2, 3: O3 };
