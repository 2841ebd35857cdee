// Scales by search: a smaller one rounds most elements finer and cuts a few off.

import { codesOf } from '../scheme/codes.ts';
import { type Parameters, parametersOf } from '../scheme/parameters.ts';
import type { Chooser } from '../scheme/quantize.ts';

/** Ranges that are tried: the whole, and 1/32 less each time. */
const PARTS = 32;
/** Below half the range more is cut off than rounding gains, of whatever distribution weights have. */
const LEAST_PARTS = 16;

/** The parameters with the least sum of squared differences, of the whole range and parts of it. Never worse than the whole. */
export const leastSquares: Chooser = (values, target, scaleType) => {
  let [min, max] = [0, 0];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const { encode, decode } = codesOf(target.type);
  let best: Parameters | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let parts = PARTS; parts >= LEAST_PARTS; parts--) {
    const range = { min: (min * parts) / PARTS, max: (max * parts) / PARTS };
    const parameters = parametersOf(range, target, scaleType);
    const { scale, zeroPoint } = parameters;
    let sum = 0;
    for (let i = 0; i < values.length && sum < least; i++) {
      const value = values[i]!;
      const difference = decode(encode(value, scale, zeroPoint), scale, zeroPoint) - value;
      sum += difference * difference;
    }
    if (sum < least) [best, least] = [parameters, sum];
  }
  return best ?? parametersOf({ min, max }, target, scaleType);
};
