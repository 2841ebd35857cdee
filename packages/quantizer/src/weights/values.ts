// Constants as numbers.

import { type Constant, elementsOf } from '@trtx/ir';
import { tensorOf, toFloat64 } from '@trtx/reference';

/** The elements as numbers: a view where they are float32 and aligned. */
export function valuesOf(constant: Constant): ArrayLike<number> {
  return constant.dtype === 'float32' ? (elementsOf(constant) as Float32Array) : toFloat64(tensorOf(constant));
}
