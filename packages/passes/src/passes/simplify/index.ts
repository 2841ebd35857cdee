// Passes that leave less of the same: what computes nothing, what is computed twice, what has a shorter spelling.

export { canonicalReshapes } from './canonical-reshapes.ts';
export { commonSubexpressions } from './common-subexpressions.ts';
export { deadCode } from './dead-code.ts';
export { foldConstants } from './fold-constants.ts';
export { knownIndices } from './known-indices.ts';
export { mergeClips } from './merge-clips.ts';
export { mergePads } from './merge-pads.ts';
export { mergeReductions } from './merge-reductions.ts';
export { mergeScales } from './merge-scales.ts';
export { mergeSlices } from './merge-slices.ts';
export { mergeUnary } from './merge-unary.ts';
export { removeExpands } from './remove-expands.ts';
export { removeNoOps } from './remove-no-ops.ts';
export { simplifyArithmetic } from './simplify-arithmetic.ts';
export { simplifyEinsums } from './simplify-einsums.ts';
export { simplifyMatmuls } from './simplify-matmuls.ts';
export { simplifySelects } from './simplify-selects.ts';
export { spellSizes } from './spell-sizes.ts';
