// The 16-bit floats, as bits: float16 (IEEE binary16) and bfloat16. Both ways, rounded once, to nearest even.

import { BFLOAT16, encodeFloat, FLOAT16 } from './float-format.ts';

/** Bits of the nearest float16. */
export function toFloat16(value: number): number {
  return encodeFloat(value, FLOAT16, false);
}

/** Bits of the nearest bfloat16. */
export function toBfloat16(value: number): number {
  return encodeFloat(value, BFLOAT16, false);
}

/** The value of a float16's bits. */
export function fromFloat16(bits: number): number {
  const magnitude = bits & 0x7fff;
  const exponent = magnitude >> 10;
  const fraction = magnitude & 0x3ff;
  let value: number;
  if (exponent === 31) value = fraction ? Number.NaN : Number.POSITIVE_INFINITY;
  else value = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * POWERS[exponent]!;
  return bits & 0x8000 ? -value : value;
}

/** The value of a bfloat16's bits: the upper half of a float32's. */
export function fromBfloat16(bits: number): number {
  word[0] = bits << 16;
  return single[0]!;
}

/** 2^(exponent − 25), by biased float16 exponent. */
const POWERS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25));

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);
