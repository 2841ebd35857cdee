// Constants as float16, rounded once.

import { type Constant, constantOf, elementsOf, toFloat16 as encode } from '@trtx/ir';

/** The largest finite float16. */
export const LARGEST = 65504;
/** The smallest normal one: smaller numbers lose digits, and are 0 below 2⁻²⁵. */
export const SMALLEST_NORMAL = 2 ** -14;

const INFINITE = 0x7c00;

/** A number as a person wrote it: float32 has seven digits. */
export const shortest = (value: number) => String(Number(value.toPrecision(6)));

export interface HalfConstant {
  readonly constant: Constant;
  /** Elements that are finite, but too large: they became ±65,504. */
  readonly saturated: number;
  /** Elements that are not 0, but too small: they became 0. */
  readonly flushed: number;
}

/** A float32 constant as float16. */
export function halfConstant(constant: Constant): HalfConstant {
  const values = elementsOf(constant) as Float32Array;
  const codes = new Uint16Array(values.length);
  let [saturated, flushed] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    let code = encode(value);
    const magnitude = code & 0x7fff;
    if (magnitude === INFINITE && Number.isFinite(value)) {
      code--;
      saturated++;
    } else if (magnitude === 0 && value !== 0) flushed++;
    codes[i] = code;
  }
  return { constant: constantOf('float16', constant.dims, codes), saturated, flushed };
}
