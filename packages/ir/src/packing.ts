// Elements below 8 bits: several in one byte of a file, the first in the lowest bits, and each in a byte of its own in
// an array.

import { arrayType, bitWidth, byteLength, type DataArray, type DType, isInteger, isUnsigned } from './dtype.ts';

/** The elements in packed bytes, signed ones with their sign. */
export function unpack(dtype: DType, bytes: Uint8Array, count: number): DataArray {
  const bits = bitWidth(dtype);
  const perByte = 8 / bits;
  const elements = new (arrayType(dtype))(count);
  const mask = 2 ** bits - 1;
  // A signed element is moved to the top of its word and back, which spreads its sign.
  const spread = isInteger(dtype) && !isUnsigned(dtype) ? 32 - bits : 0;
  for (let i = 0; i < count; i++) {
    const code = (bytes[Math.floor(i / perByte)]! >> ((i % perByte) * bits)) & mask;
    elements[i] = (code << spread) >> spread;
  }
  return elements;
}

/** Packed bytes of elements; the bits of the last byte that no element has are 0. */
export function pack(dtype: DType, elements: DataArray): Uint8Array {
  const bits = bitWidth(dtype);
  const perByte = 8 / bits;
  const bytes = new Uint8Array(byteLength(dtype, elements.length));
  const mask = 2 ** bits - 1;
  for (let i = 0; i < elements.length; i++)
    bytes[Math.floor(i / perByte)]! |= (Number(elements[i]) & mask) << ((i % perByte) * bits);
  return bytes;
}
