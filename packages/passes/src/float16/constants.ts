// Constants as float16, rounded once.

import { type Constant, constantOf, elementsOf, toFloat16 as encode } from '@trtx/ir';

/** The largest finite float16. */
export const LARGEST = 65504;
/** The smallest normal one: smaller numbers lose digits, and are 0 below 2⁻²⁵. */
export const SMALLEST_NORMAL = 2 ** -14;
/** The smallest that is not 0. */
export const SMALLEST = 2 ** -24;

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

/** Bits of the float32 from which on, and before which, numbers are normal in float16: 2⁻¹⁴, and what rounds to 2¹⁶. */
const [NORMAL, TOO_LARGE] = [0x38800000, 0x477ff000];
/** What float32 has more of: bits of the mantissa, and of a bias of the exponent, in place. */
const [MORE_BITS, MORE_BIAS] = [13, 0x38000000];

/** A float32 constant as float16. */
export function halfConstant(constant: Constant): HalfConstant {
  const values = elementsOf(constant) as Float32Array;
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const codes = new Uint16Array(values.length);
  let [saturated, flushed] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const size = bits[i]! & 0x7fffffff;
    if (size >= NORMAL && size < TOO_LARGE) {
      // Most are. Rounded to nearest, halves to even.
      const rounded = size - MORE_BIAS + 0xfff + ((size >>> MORE_BITS) & 1);
      codes[i] = ((bits[i]! >>> 16) & 0x8000) | (rounded >>> MORE_BITS);
      continue;
    }
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
