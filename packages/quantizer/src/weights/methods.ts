// Ways to find codes for weights. Those that look at what the weights are multiplied with belong here too.

import { type Quantized, quantize } from '../scheme/quantize.ts';
import type { ScaleType, Scheme } from '../scheme/scheme.ts';
import { leastSquares } from './search.ts';

export interface WeightMethod {
  readonly name: string;
  /** One line for the documentation. */
  readonly summary: string;
  quantize(values: ArrayLike<number>, dims: readonly number[], scheme: Scheme, scaleType: ScaleType): Quantized;
}

export const plainRounding: WeightMethod = {
  name: 'plain',
  summary: 'scales cover all weights, each is rounded to the nearest code',
  quantize: (values, dims, scheme, scaleType) => quantize(values, dims, scheme, { scaleType }),
};

export const searchedRounding: WeightMethod = {
  name: 'least-squares',
  summary: 'of 17 scales the one with the least sum of squared differences, each weight rounded to the nearest code',
  quantize: (values, dims, scheme, scaleType) => quantize(values, dims, scheme, { scaleType, choose: leastSquares }),
};
