// Codes of few bits in words: how kernels have constants of them packed, and the numbers that shaders make of words.
//
// Codes are packed as unsigned numbers, from the least code of their type on, so that masks take them out of words. Set as
// the low digits of a float that is a power of two and large enough, they are exact floats without being converted: that
// takes GPUs many times as long as anything else here.

import { bitWidth, type Constant, codecOf, elementsOf, isFloat, rangeOf, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { CodeMatrix } from '../group/codes.ts';
import type { Packed } from '../slot.ts';
import { bytesOf } from '../storage.ts';
import type { Shader } from '../wgsl/shader.ts';
import { packConstant } from './contraction.ts';

/** How many codes a word holds. */
export function codesPerWord({ codes }: CodeMatrix): 4 | 8 {
  return bitWidth(codes.type.dtype) === 4 ? 8 : 4;
}

/** Packs codes in an order of a kernel's own, the first in the lowest bits: `order(i)` is the code of i, or −1 for 0. */
export function packCodes(
  { codes }: Pick<CodeMatrix, 'codes'>,
  key: string,
  length: number,
  order: (i: number) => number,
): Packed {
  return packWords(codes, bitWidth(codes.type.dtype), key, length, order);
}

/** As `packCodes`, the zero points, each in a byte. */
export function packZeros(zeros: Value, key: string, length: number, order: (i: number) => number): Packed {
  return packWords(zeros, 8, key, length, order);
}

/** As `packCodes`, the scales. */
export function packScales({ scales }: CodeMatrix, key: string, length: number, order: (i: number) => number): Packed {
  return packConstant(scales.name, scales.constant!, key, length, order);
}

function packWords(value: Value, bits: number, key: string, length: number, order: (i: number) => number): Packed {
  // Whole vectors of 16 bytes, at least one.
  const words = Math.max(Math.ceil((length * bits) / 128), 1) * 4;
  return {
    dtype: 'uint32',
    key: `${value.name}:${key}`,
    names: [value.name],
    size: 4 * words,
    bytes() {
      const source = elementsOf(value.constant!) as Int8Array | Uint8Array;
      const least = leastOf(value.constant!.dtype);
      const packed = new Uint32Array(words);
      const each = 32 / bits;
      for (let i = 0; i < length; i++) {
        const from = order(i);
        if (from >= 0) packed[Math.floor(i / each)]! |= (source[from]! - least) << (bits * (i % each));
      }
      return bytesOf(packed);
    },
  };
}

/** The least code of a type; of floats codes are bits. */
function leastOf(dtype: Constant['dtype']): number {
  return isFloat(dtype) ? 0 : rangeOf(dtype)[0];
}

/** What is taken off the codes of a matrix without zero points, as they are packed. */
export function zeroOf({ codes }: CodeMatrix): number {
  return -leastOf(codes.type.dtype) || 0;
}

/** True for codes that are floats, of which `floatsOf` makes numbers. */
export function areFloats({ codes }: CodeMatrix): boolean {
  return codecOf(codes.type.dtype) !== undefined && isFloat(codes.type.dtype);
}

/** The numbers of four codes of float4e2m1, a vec4<u32> whose other bits may be anything. */
export function floatsOf(shader: Shader, codes: string): string {
  // Twice the magnitudes, a digit each.
  shader.global(`fn floats(codes: vec4<u32>) -> vec4<f32> {
  let twice = vec4<f32>((vec4(0xc8643210u) >> ((codes & vec4(7u)) << vec4(2u))) & vec4(15u));
  return select(twice, -twice, (codes & vec4(8u)) != vec4(0u)) * 0.5;
}`);
  return `floats(${codes})`;
}

/** 2^23: a float32 whose last digit is worth 1. */
const ONES = { bits: '0x4b000000u', value: 8388608 };

/** Four codes that follow one another in a word are its lowest bits times these numbers. */
export function weightsOf(matrix: CodeMatrix): readonly number[] {
  if (areFloats(matrix)) return [1, 1, 1, 1];
  return codesPerWord(matrix) === 8 ? [1, 16, 256, 4096] : [1, 256, 1, 256];
}

/** What `scaledFours` takes off, of a zero point as it is packed; a number, or an expression of type f32. */
export function scaledZeros(shader: Shader, matrix: CodeMatrix, zero: number | string): string {
  const weights = weightsOf(matrix);
  if (typeof zero === 'number') return `vec4<f32>(${weights.map((w) => `${ONES.value + zero * w}.0`).join(', ')})`;
  return shader.let(`${zero} * vec4<f32>(${weights.map((w) => `${w}.0`).join(', ')}) + ${ONES.value}.0`, 'zeros');
}

/** Numbers of four codes each, which follow one another in a word, times `weightsOf`. @param zeros of `scaledZeros` */
export function scaledFours({ shader }: Emitter, matrix: CodeMatrix, word: string, zeros: string): string[] {
  const of = (codes: string, masks: string) =>
    `bitcast<vec4<f32>>((${codes} & ${masks}) | vec4(${ONES.bits})) - ${zeros}`;
  if (areFloats(matrix))
    return [`vec4(${word})`, `vec4(${word} >> 16u)`].map((four) =>
      shader.let(floatsOf(shader, `(${four} >> vec4(0u, 4u, 8u, 12u))`), 'q'),
    );
  if (codesPerWord(matrix) === 4)
    return [shader.let(of(`vec4(vec2(${word}), vec2(${word} >> 16u))`, 'vec4(0xffu, 0xff00u, 0xffu, 0xff00u)'), 'q')];
  return [`vec4(${word})`, `vec4(${word} >> 16u)`].map((four) =>
    shader.let(of(four, 'vec4(0xfu, 0xf0u, 0xf00u, 0xf000u)'), 'q'),
  );
}
