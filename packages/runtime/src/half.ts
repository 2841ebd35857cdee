// float16 and bfloat16 as bits, for engines that keep tensors of these types in f32.

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The number whose IEEE 754 binary16 bits are `h`. */
export function halfToNumber(h: number): number {
  const exponent = (h >> 10) & 31;
  const mantissa = h & 1023;
  const sign = h & 0x8000 ? -1 : 1;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + mantissa) : 2 ** -24 * mantissa);
}

/** The bits of the binary16 number nearest to `x`, ties to even; infinity from 65520 on. */
export function numberToHalf(x: number): number {
  float[0] = x;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = bits[0]! & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 the mantissa loses bits: adding 0.5 lets the float unit do that rounding, ties to even included.
  if (magnitude < 0x38800000) {
    float[0] = Math.abs(x) + 0.5;
    return sign | (bits[0]! - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** The bits of the bfloat16 number nearest to `x`, ties to even. */
export function numberToBfloat(x: number): number {
  float[0] = x;
  const b = bits[0]!;
  if ((b & 0x7fffffff) > 0x7f800000) return (b >>> 16) | 0x40;
  return (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
}

/** The number whose bfloat16 bits are `b`. */
export function bfloatToNumber(b: number): number {
  bits[0] = b << 16;
  return float[0]!;
}
