// Passes that change how the same is computed: work moved into weights, nodes merged, control flow resolved.

export { foldBatchNorm } from './fold-batch-norm.ts';
export { foldScales } from './fold-scales.ts';
export { inlineBranches } from './inline-branches.ts';
export { mergeConvolutions } from './merge-convolutions.ts';
export { mergeParallel } from './merge-parallel.ts';
export { sinkConstants } from './sink-constants.ts';
export { sinkTransposes } from './sink-transposes.ts';
export { unrollLoops } from './unroll-loops.ts';
