export { plainRounding, searchedRounding, type WeightMethod } from './methods.ts';
export { quantizeWeights, type WeightOptions } from './quantize-weights.ts';
export { leastSquares } from './search.ts';
