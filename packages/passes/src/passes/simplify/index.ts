// Passes that leave less of the same: what computes nothing, what is computed twice, what has a shorter spelling.

export { canonicalReshapes } from './canonical-reshapes.ts';
export { commonSubexpressions } from './common-subexpressions.ts';
export { deadCode } from './dead-code.ts';
export { foldConstants } from './fold-constants.ts';
export { mergeClips } from './merge-clips.ts';
export { removeExpands } from './remove-expands.ts';
export { removeNoOps } from './remove-no-ops.ts';
export { simplifyArithmetic } from './simplify-arithmetic.ts';
