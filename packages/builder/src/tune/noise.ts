// Random numbers to time kernels on, of which no float is infinite, no NaN or denormal, and every integer is small, so that
// what counts or points by them ends soon and stays where it is.

import type { StorageType } from '@trtx/engine';
import type { DType } from '@trtx/ir';

const TILE_WORDS = 2 ** 18;

/** A megabyte of elements as they lie in memory; always the same. */
export function tileOf(dtype: DType, storage: StorageType): Uint32Array<ArrayBuffer> {
  const next = generator(1);
  const words = new Uint32Array(TILE_WORDS);
  const word = wordsOf(dtype, storage);
  for (let i = 0; i < words.length; i++) words[i] = word(next);
  return words;
}

type Next = () => number;

function wordsOf(dtype: DType, storage: StorageType): (next: Next) => number {
  if (storage === 'f32') return float32Bits;
  const code = dtype === 'float16' ? float16Bits : dtype === 'bfloat16' ? bfloat16Bits : smallInteger;
  if (storage === 'u16x2') return (next) => code(next) | (code(next) << 16);
  if (storage === 'u32' || storage === 'i32') return code;
  return (next) => smallInteger(next) * 0x01010101;
}

/** −1 to 1, of at least 1/64. */
function float32Bits(next: Next): number {
  return signAnd(next, 31) | ((121 + (next() % 6)) << 23) | (next() & 0x7fffff);
}

function float16Bits(next: Next): number {
  return signAnd(next, 15) | ((9 + (next() % 6)) << 10) | (next() & 0x3ff);
}

function bfloat16Bits(next: Next): number {
  return float32Bits(next) >>> 16;
}

function signAnd(next: Next, bit: number): number {
  return (next() & 1) << bit;
}

function smallInteger(next: Next): number {
  return next() & 7;
}

/** Marsaglia: Xorshift RNGs, Journal of Statistical Software 8 (2003). */
function generator(seed: number): Next {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
