// Elements in buffers: where in which word an element's code lies. Only the emitter reads and writes through this file, so
// that no kernel knows how its operands are stored.
//
// With `shader-f16` a float16 is a word, of 16 bits: nothing is decoded, and no invocation has to own the word that two
// share. It is computed in f32 all the same.

import { type StorageType, storageBits } from '@trtx/engine';
import type { DType } from '@trtx/ir';
import { decode, encode, isNarrowFloat } from './codes.ts';
import type { Ix } from './ix.ts';
import * as ix from './ix.ts';
import type { BufferElement, Shader } from './shader.ts';
import type { Words } from './words.ts';

/** A tensor's type, and how it is stored. */
export interface Form {
  readonly dtype: DType;
  readonly storage: StorageType;
}

/** The WGSL type of the words of a buffer. @param halves whether the device has `shader-f16` */
export function wordOf({ dtype, storage }: Form, halves: boolean): 'f32' | 'i32' | 'u32' | 'f16' {
  if (halves && dtype === 'float16') return 'f16';
  return storage === 'f32' || storage === 'i32' ? storage : 'u32';
}

/** How many elements share a word. */
export function elementsPerWord(storage: StorageType): number {
  return 32 / storageBits(storage);
}

/** The element at an address (in elements) of a tensor that is bound as an array of `element`. */
export function loadElement(
  shader: Shader,
  words: Words,
  { dtype, storage }: Form,
  element: BufferElement,
  address: Ix,
): string {
  if (element === 'f16') return `f32(${words.read(address)})`;
  if (element === 'vec4<f32>' || element === 'vec4<f16>') {
    const at = shader.index(address, 'at');
    const component = `${words.read(ix.div(at, 4))}[${ix.text(ix.mod(at, 4))}]`;
    return element === 'vec4<f16>' ? `f32(${component})` : component;
  }
  if (element === 'vec4<u32>') {
    const at = shader.index(address, 'at');
    const word = `${words.read(ix.div(at, 8))}[${ix.text(ix.div(ix.mod(at, 8), 2))}]`;
    return `unpack2x16float(${word})[${ix.text(ix.mod(at, 2))}]`;
  }
  const count = elementsPerWord(storage);
  if (count === 1) return fromWord(shader, dtype, words.read(address));
  const at = shader.index(address, 'at');
  const offset = ix.mul(ix.mod(at, count), 32 / count);
  const word = words.read(ix.div(at, count));
  return decode(shader, dtype, offset === 0 ? word : `(${word} >> ${ix.text(offset)})`);
}

/** The element that has a word of its own. */
function fromWord(shader: Shader, dtype: DType, word: string): string {
  if (isNarrowFloat(dtype)) return decode(shader, dtype, word);
  return dtype === 'bool' ? `(${word} != 0u)` : word;
}

/** The word of an element that has one of its own. @param halves as of `wordOf` */
export function toWord(shader: Shader, dtype: DType, value: string, halves: boolean): string {
  if (halves && dtype === 'float16') return `f16(${value})`;
  return isNarrowFloat(dtype) || dtype === 'bool' ? encode(shader, dtype, value) : value;
}

/** Types of which four elements are read at once: what a buffer of fours is bound as, and what they are then. */
const VECTORS: ReadonlyMap<DType, { readonly word: BufferElement; readonly type: 'f32' | 'i32' }> = new Map([
  ['float32', { word: 'vec4<f32>', type: 'f32' }],
  ['float16', { word: 'vec2<u32>', type: 'f32' }],
  ['bfloat16', { word: 'vec2<u32>', type: 'f32' }],
  ['int8', { word: 'u32', type: 'i32' }],
  ['uint8', { word: 'u32', type: 'i32' }],
]);

export function vectorOf(dtype: DType) {
  return VECTORS.get(dtype);
}

/** Four neighbouring elements, of which `index` counts the fours, as vectors of the type that `vectorOf` tells. */
export function loadVector(shader: Shader, vectors: Words, dtype: DType, index: Ix): string {
  const vector = vectors.read(index);
  if (dtype === 'float32') return vector;
  if (dtype === 'float16') {
    const words = shader.let(vector, 'words');
    return `vec4<f32>(unpack2x16float(${words}.x), unpack2x16float(${words}.y))`;
  }
  // To the top of a word and back, which spreads the sign.
  if (dtype === 'int8') return `((vec4(i32(${vector})) << vec4(24u, 16u, 8u, 0u)) >> vec4(24u))`;
  if (dtype === 'uint8') return `vec4<i32>((vec4(${vector}) >> vec4(0u, 8u, 16u, 24u)) & vec4(255u))`;
  const words = shader.let(vector, 'words');
  const codes = [`${words}.x`, `(${words}.x >> 16u)`, `${words}.y`, `(${words}.y >> 16u)`];
  return `vec4<f32>(${codes.map((code) => decode(shader, dtype, code)).join(', ')})`;
}

/** Neighbours that are read and written together. */
export type RunLength = 4 | 8;

/** What a buffer is bound as of which whole runs are read and written; undefined where they cannot be. */
export function runWordOf({ dtype }: Form, halves: boolean, count: RunLength): BufferElement | undefined {
  if (dtype === 'float32') return 'vec4<f32>';
  if (dtype !== 'float16' || !halves) return undefined;
  return count === 8 ? 'vec4<u32>' : 'vec4<f16>';
}

/** The elements of the run that begins at an address, of a buffer bound as `runWordOf` tells. */
export function loadRun(shader: Shader, words: Words, element: BufferElement, count: RunLength, address: Ix): string[] {
  const fours = (names: readonly string[]) => names.flatMap((name) => ['x', 'y', 'z', 'w'].map((c) => `${name}.${c}`));
  if (element === 'vec4<u32>') {
    shader.features.add('shader-f16');
    const eight = shader.let(words.read(ix.div(address, 8)), 'eight');
    return fours(['xy', 'zw'].map((half) => shader.let(`vec4<f32>(bitcast<vec4<f16>>(${eight}.${half}))`, 'four')));
  }
  const first = shader.index(ix.div(address, 4), 'at');
  return fours(
    Array.from({ length: count / 4 }, (_, i) => {
      const four = words.read(ix.add(first, i));
      return shader.let(element === 'vec4<f16>' ? `vec4<f32>(${four})` : four, 'four');
    }),
  );
}

/** Stores a run, likewise. */
export function storeRun(
  shader: Shader,
  words: Words,
  element: BufferElement,
  values: readonly string[],
  address: Ix,
): void {
  const fours = Array.from(
    { length: values.length / 4 },
    (_, i) => `vec4<f32>(${values.slice(4 * i, 4 * i + 4).join(', ')})`,
  );
  if (element === 'vec4<u32>') {
    shader.features.add('shader-f16');
    const halves = fours.map((four) => `bitcast<vec2<u32>>(vec4<f16>(${four}))`);
    shader.line(words.write(ix.div(address, 8), `vec4<u32>(${halves.join(', ')})`));
    return;
  }
  const first = shader.index(ix.div(address, 4), 'at');
  for (const [i, four] of fours.entries())
    shader.line(words.write(ix.add(first, i), element === 'vec4<f16>' ? `vec4<f16>(${four})` : four));
}
