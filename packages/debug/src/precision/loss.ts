// How far a tensor is from what it should be, in three numbers.

import type { Tensor } from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';

export interface Loss {
  /** Elements that are infinite where the exact ones are finite. */
  readonly infinite: number;
  /** Elements that are no number where the exact ones are. */
  readonly nan: number;
  /** ‖actual − exact‖ / ‖exact‖ of the others. */
  readonly error: number;
}

export function lossOf(actual: Tensor, exact: Tensor): Loss {
  const [a, e] = [toFloat64(actual), toFloat64(exact)];
  let [infinite, nan, distance, size] = [0, 0, 0, 0];
  for (let i = 0; i < e.length; i++) {
    const [x, y] = [a[i]!, e[i]!];
    if (!Number.isFinite(y)) continue;
    if (Number.isFinite(x)) {
      distance += (x - y) ** 2;
      size += y ** 2;
    } else if (Number.isNaN(x)) nan++;
    else infinite++;
  }
  return { infinite, nan, error: distance === 0 ? 0 : Math.sqrt(distance / size) };
}
