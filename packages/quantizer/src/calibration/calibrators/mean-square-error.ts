// The range that makes the mean square of what is lost least.

import { codesOf } from '../../scheme/codes.ts';
import { parametersOf, type Range } from '../../scheme/parameters.ts';
import type { Target } from '../../scheme/scheme.ts';
import { defineCalibrator } from '../calibrator.ts';
import type { Bucket } from '../histogram.ts';

/** Ranges that are tried: the whole and so many parts less, 1/128 each. */
const PARTS = 128;

/** Tries the range of all elements and smaller ones, each end in proportion. */
export const meanSquareError = defineCalibrator({
  name: 'mean-square-error',
  summary: 'least mean square of the differences, of the whole range and 127 parts of it',
  range({ histogram, range }, target) {
    const buckets = histogram.signed();
    let [best, least] = [range, Number.POSITIVE_INFINITY];
    for (let parts = PARTS; parts > 0; parts--) {
      const part = { min: (range.min * parts) / PARTS, max: (range.max * parts) / PARTS };
      const error = squaresOf(buckets, part, target);
      if (error < least) [best, least] = [part, error];
    }
    return best;
  },
});

function squaresOf(buckets: readonly Bucket[], range: Range, target: Target): number {
  const { scale, zeroPoint } = parametersOf(range, target);
  const { encode, decode } = codesOf(target.type);
  let sum = 0;
  for (const { value, count } of buckets) {
    const difference = decode(encode(value, scale, zeroPoint), scale, zeroPoint) - value;
    sum += count * difference * difference;
  }
  return sum;
}
