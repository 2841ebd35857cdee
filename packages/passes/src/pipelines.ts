// What each optimization level runs, in order. The manager repeats a list until it changes nothing.

import { recognizeAttention, recognizeRotary, recognizing } from './passes/recognize/index.ts';
import {
  canonicalReshapes,
  commonSubexpressions,
  deadCode,
  foldConstants,
  knownIndices,
  mergeClips,
  mergePads,
  mergeReductions,
  mergeScales,
  mergeSlices,
  mergeUnary,
  removeExpands,
  removeNoOps,
  simplifyArithmetic,
  simplifyEinsums,
  simplifyMatmuls,
  simplifySelects,
  spellSizes,
} from './passes/simplify/index.ts';
import {
  foldBatchNorm,
  foldScales,
  inlineBranches,
  mergeConvolutions,
  mergeParallel,
  sinkConstants,
  sinkTransposes,
  unrollLoops,
} from './passes/structure/index.ts';
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
  sinkTransposes,
  foldBatchNorm,
  foldScales,
  mergeConvolutions,
  recognizeRotary,
  recognizeAttention,
  mergeParallel,
  // What recognizing looks for has its constants apart.
  mergeScales,
  simplifyMatmuls,
  spellSizes,
  commonSubexpressions,
];

const O3: readonly Pass[] = O2;

export const PIPELINES: Readonly<Record<Level, readonly Pass[]>> = { 0: O0, 1: O1, 2: O2, 3: O3 };
