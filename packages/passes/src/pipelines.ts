// What each optimization level runs, in order. The manager repeats a list until it changes nothing.

import { recognizing } from './passes/recognize/index.ts';
import { canonicalReshapes } from './passes/simplify/canonical-reshapes.ts';
import { commonSubexpressions } from './passes/simplify/common-subexpressions.ts';
import { deadCode } from './passes/simplify/dead-code.ts';
import { foldConstants } from './passes/simplify/fold-constants.ts';
import { knownIndices } from './passes/simplify/known-indices.ts';
import { mergeClips } from './passes/simplify/merge-clips.ts';
import { mergePads } from './passes/simplify/merge-pads.ts';
import { mergeReductions } from './passes/simplify/merge-reductions.ts';
import { mergeScales } from './passes/simplify/merge-scales.ts';
import { mergeSlices } from './passes/simplify/merge-slices.ts';
import { mergeUnary } from './passes/simplify/merge-unary.ts';
import { removeExpands } from './passes/simplify/remove-expands.ts';
import { removeNoOps } from './passes/simplify/remove-no-ops.ts';
import { simplifyArithmetic } from './passes/simplify/simplify-arithmetic.ts';
import { simplifyEinsums } from './passes/simplify/simplify-einsums.ts';
import { simplifyMatmuls } from './passes/simplify/simplify-matmuls.ts';
import { simplifySelects } from './passes/simplify/simplify-selects.ts';
import { spellSizes } from './passes/simplify/spell-sizes.ts';
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
  mergeSlices,
  mergeUnary,
  mergePads,
  mergeClips,
  knownIndices,
  simplifySelects,
  removeExpands,
  spellSizes,
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
  mergeSlices,
  mergeUnary,
  mergePads,
  mergeClips,
  mergeReductions,
  knownIndices,
  simplifySelects,
  removeExpands,
  simplifyEinsums,
  ...recognizing,
  simplifyArithmetic,
  foldBatchNorm,
  foldScales,
  // What recognizing looks for has its constants apart.
  mergeScales,
  simplifyMatmuls,
  spellSizes,
  commonSubexpressions,
];

const O3: readonly Pass[] = O2;

export const PIPELINES: Readonly<Record<Level, readonly Pass[]>> = { 0: O0, 1: O1, 2: O2, 3: O3 };
