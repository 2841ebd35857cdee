// A hash of constants' bytes, for the text form and to find equal constants.

import { type Constant, elementCount } from './tensor.ts';

const known = new WeakMap<Constant, string>();

/**
 * 64 bits of hash over type, dims and bytes, as 16 hexadecimal digits. Good for finding equal constants, not against
 * an adversary: compare the bytes where it matters (`sameConstant`).
 */
export function hashConstant(constant: Constant): string {
  const seen = known.get(constant);
  if (seen !== undefined) return seen;
  const text = new TextEncoder();
  const head = text.encode(`${constant.dtype}[${constant.dims.join(',')}]`);
  const body = constant.strings ? text.encode(JSON.stringify(constant.strings)) : constant.read();
  const [h1, h2] = mix(body, ...mix(head, 0x811c9dc5, 0x9747b28c));
  const hash = [h1, h2].map((h) => (h >>> 0).toString(16).padStart(8, '0')).join('');
  known.set(constant, hash);
  return hash;
}

/** True where type, dims and bytes are equal. NaNs are equal when their bits are. */
export function sameConstant(a: Constant, b: Constant): boolean {
  if (a === b) return true;
  if (a.dtype !== b.dtype || a.dims.length !== b.dims.length || a.dims.some((d, i) => d !== b.dims[i])) return false;
  if (elementCount(a.dims) === 0) return true;
  if (a.strings || b.strings) return JSON.stringify(a.strings) === JSON.stringify(b.strings);
  const x = a.read();
  const y = b.read();
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}

/** Two lanes of multiply and shift over words of four bytes (after cyrb53 and MurmurHash3). */
function mix(bytes: Uint8Array, seed1: number, seed2: number): [number, number] {
  let h1 = seed1 ^ bytes.length;
  let h2 = seed2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const word = view.getUint32(i, true);
    h1 = Math.imul(h1 ^ word, 0x85ebca6b);
    h1 = (h1 << 13) | (h1 >>> 19);
    h2 = Math.imul(h2 ^ word, 0xc2b2ae35);
    h2 = (h2 << 17) | (h2 >>> 15);
  }
  for (let i = whole; i < bytes.length; i++) {
    h1 = Math.imul(h1 ^ bytes[i]!, 0x85ebca6b);
    h2 = Math.imul(h2 ^ bytes[i]!, 0xc2b2ae35);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 0x85ebca6b) ^ Math.imul(h2 ^ (h2 >>> 13), 0xc2b2ae35);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 0x85ebca6b) ^ Math.imul(h1 ^ (h1 >>> 13), 0xc2b2ae35);
  return [h1, h2];
}
