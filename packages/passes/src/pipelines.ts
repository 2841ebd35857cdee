// What each optimization level runs, in order. The manager repeats a list until it changes nothing.

import { canonicalReshapes } from './passes/canonical-reshapes.ts';
import { commonSubexpressions } from './passes/common-subexpressions.ts';
import { deadCode } from './passes/dead-code.ts';
import { foldBatchNorm } from './passes/fold-batch-norm.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { foldScales } from './passes/fold-scales.ts';
import { inlineBranches } from './passes/inline-branches.ts';
import { mergeClips } from './passes/merge-clips.ts';
import { recognizeAttention } from './passes/recognize/attention.ts';
import { recognizeRotary } from './passes/recognize/rotary.ts';
import { removeExpands } from './passes/remove-expands.ts';
import { removeNoOps } from './passes/remove-no-ops.ts';
import { simplifyArithmetic } from './passes/simplify-arithmetic.ts';
import { sinkConstants } from './passes/sink-constants.ts';
import { mergeParallel } from './passes/structure/merge-parallel.ts';
import { unrollLoops } from './passes/unroll-loops.ts';
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
  simplifyArithmetic,
  foldBatchNorm,
  foldScales,
  recognizeRotary,
  recognizeAttention,
  mergeParallel,
  commonSubexpressions,
];

const O3: readonly Pass[] = O2;

export const PIPELINES: Readonly<Record<Level, readonly Pass[]>> = { 0: O0, 1: O1, 2: O2, 3: O3 };
