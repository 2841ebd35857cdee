// A tensor in a few numbers.

import type { Tensor } from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';

export interface Statistics {
  /** Of the elements that are finite; null where there are none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Elements that are NaN or infinite. */
  readonly notFinite: number;
}

/** Minimum, maximum and mean of a tensor's finite elements. */
export function statisticsOf(tensor: Tensor): Statistics {
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  const values = toFloat64(tensor);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
  }
  const notFinite = values.length - count;
  return count > 0 ? { min, max, mean: sum / count, notFinite } : { min: null, max: null, mean: null, notFinite };
}
