// Columns of a matrix of codes, four or eight at a step at once, as contractions read them that go through steps of the sum:
// the numbers are made where they are read.

import type { Emitter } from '../emitter.ts';
import type { CodeMatrix } from '../group/codes.ts';
import type { Packed } from '../slot.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { areFloats, codesPerWord, floatsOf, packCodes, packScales, packZeros, zeroOf } from './code-words.ts';

/** A matrix as it is packed: all of [steps][columns] and [blocks][columns], filled up with 0. */
interface PackedMatrix {
  readonly matrix: CodeMatrix;
  readonly columns: number;
  readonly codes: Packed;
  readonly scales: Packed;
  readonly zeros: Packed | undefined;
}

/** In which order eight columns are in words: that of their numbers, or pairs of columns half a word apart. */
type Order = 'plain' | 'pairs';

/** Which of four columns a byte belongs to, and which of eight four bits do, in pairs. */
const PAIRS = { 4: [0, 2, 1, 3], 8: [0, 2, 4, 6, 1, 3, 5, 7] } as const;

function pack(matrix: CodeMatrix, order: Order, least: number, steps: number): PackedMatrix {
  const { k, n, block, blocks, codeAt, scaleAt } = matrix;
  // Rows of whole words, in fours of whole ones.
  const columns = Math.ceil(n / least) * least;
  const depth = Math.ceil(k / steps) * steps;
  const rows = Math.max(Math.ceil(depth / block), blocks);
  const at = (i: number, perWord: 4 | 8) => {
    const column = i % columns;
    const [word, place] = [Math.floor(column / perWord), column % perWord];
    return [Math.floor(i / columns), word * perWord + (order === 'pairs' ? PAIRS[perWord][place]! : place)] as const;
  };
  const key = `${order}${columns}x`;
  const scaled = (i: number, perWord?: 4 | 8) => {
    const [block, column] = perWord ? at(i, perWord) : [Math.floor(i / columns), i % columns];
    return block < blocks && column < n ? scaleAt(block, column) : -1;
  };
  return {
    matrix,
    columns,
    codes: packCodes(matrix, `${key}${depth}`, depth * columns, (i) => {
      const [step, column] = at(i, codesPerWord(matrix));
      return step < k && column < n ? codeAt(step, column) : -1;
    }),
    scales: packScales(matrix, `scales${columns}x${rows}`, rows * columns, (i) => scaled(i)),
    zeros: matrix.zeros && packZeros(matrix.zeros, `${key}${rows}`, rows * columns, (i) => scaled(i, 4)),
  };
}

/**
 * Reads vectors of four columns, by number and step of the sum, as vec4<f32>. Past the end, to multiples of so many vectors
 * and steps, they are 0.
 */
export function fourColumns(e: Emitter, matrix: CodeMatrix, vectors: number, steps: number) {
  const packed = pack(matrix, 'plain', vectors % 2 === 0 ? 4 * vectors : 8 * vectors, steps);
  const across = packed.columns / 4;
  const [codes, scales] = [e.packedWords(packed.codes, 'u32'), e.packedVectors(packed.scales)];
  const zeros = packed.zeros && e.packedWords(packed.zeros, 'u32');
  return (vector: Ix, step: Ix): string => {
    const { shader } = e;
    const at = shader.index(ix.add(ix.mul(step, across), vector), 'at');
    const inBlock = shader.index(ix.add(ix.mul(blockOf(matrix, step), across), vector), 'block');
    const four = fourAt(e, matrix, codes, at);
    if (areFloats(matrix)) return `${floatsOf(shader, four)} * ${scales(inBlock)}`;
    const zero = zeros ? `vec4<f32>(${bytes(shader.let(zeros(inBlock), 'word'))})` : `${zeroOf(matrix)}.0`;
    return `(vec4<f32>(${four}) - ${zero}) * ${scales(inBlock)}`;
  };
}

/** Four codes, by their number, as vec4<u32>; of floats with other bits above. */
function fourAt({ shader }: Emitter, matrix: CodeMatrix, codes: (index: Ix) => string, number: Ix): string {
  if (codesPerWord(matrix) === 4) return bytes(shader.let(codes(number), 'word'));
  const half = ix.text(ix.mul(ix.mod(number, 2), 16));
  const word = shader.let(`${codes(ix.div(number, 2))} >> ${half}`, 'word');
  return `((vec4(${word}) >> vec4(0u, 4u, 8u, 12u)) & vec4(15u))`;
}

const bytes = (word: string) => `((vec4(${word}) >> vec4(0u, 8u, 16u, 24u)) & vec4(255u))`;

/** The number of a step's block. */
function blockOf({ block, blocks }: CodeMatrix, step: Ix): Ix {
  return blocks === 1 ? 0 : ix.div(step, block);
}

/**
 * Reads eight columns at a step of the sum, by the number of the first, as float16 in a vec4<u32>, for devices that have it as
 * a type. Past the end, to multiples of so many columns and steps, they are 0.
 */
export function eightColumns(e: Emitter, matrix: CodeMatrix, columns: number, steps: number) {
  const { shader } = e;
  shader.features.add('shader-f16');
  const isFloat = areFloats(matrix);
  const packed = pack(matrix, isFloat ? 'plain' : 'pairs', columns, steps);
  const across = packed.columns / 8;
  const [codes, scales] = [wordsOf(e, packed.codes, codesPerWord(matrix)), scaleEights(e, packed.scales)];
  const zeros = packed.zeros && wordsOf(e, packed.zeros, 4);
  return (step: Ix, column: Ix): string => {
    const eight = ix.div(column, 8);
    const words = shader.let(codes(ix.add(ix.mul(step, across), eight)), 'words');
    const inBlock = shader.index(ix.add(ix.mul(blockOf(matrix, step), across), eight), 'block');
    const scale = scales(inBlock);
    if (isFloat) {
      const fours = [words, `(${words} >> 16u)`].map((word) => {
        return `vec4<f16>(${floatsOf(shader, `(vec4(${word}) >> vec4(0u, 4u, 8u, 12u))`)})`;
      });
      return joined(fours.map((four, i) => `${four} * ${scale[i]}`));
    }
    const own = shader.let(pairsOf(words, codesPerWord(matrix)), 'pairs');
    const zero = zeros && shader.let(pairsOf(shader.let(zeros(inBlock), 'words'), 4), 'zeros');
    const off = (half: string) =>
      zero === undefined ? `vec4<f16>(${ABOVE + zeroOf(matrix)}.0h)` : `bitcast<vec4<f16>>(${zero}.${half})`;
    return joined(['xy', 'zw'].map((half, i) => `(bitcast<vec4<f16>>(${own}.${half}) - ${off(half)}) * ${scale[i]}`));
  };
}

/** 2^10: a float16 whose last digit is worth 1. */
const ABOVE = 1024;

/** Codes in pairs as the halves `ABOVE` + code, a vec4<u32>. */
function pairsOf(words: string, perWord: 4 | 8): string {
  if (perWord === 8) return `((vec4(${words}) >> vec4(0u, 4u, 8u, 12u)) & vec4(0xf000fu)) | vec4(0x64006400u)`;
  return `((vec4(${words}.xxyy) >> vec4(0u, 8u, 0u, 8u)) & vec4(0xff00ffu)) | vec4(0x64006400u)`;
}

function joined(halves: readonly string[]): string {
  return `vec4<u32>(${halves.map((half) => `bitcast<vec2<u32>>(${half})`).join(', ')})`;
}

/** Eight codes at once, in one word or two. */
function wordsOf(e: Emitter, packed: Packed, perWord: 4 | 8): (index: Ix) => string {
  return e.packedWords(packed, perWord === 8 ? 'u32' : 'vec2<u32>');
}

/** Eight scales at once, as two vec4<f16>. */
function scaleEights(e: Emitter, packed: Packed): (index: Ix) => string[] {
  const { shader } = e;
  if (packed.dtype === 'float16') {
    const read = e.packedWords(packed, 'vec4<u32>');
    return (index) => {
      const eight = shader.let(read(index), 'scales');
      return ['xy', 'zw'].map((half) => `bitcast<vec4<f16>>(${eight}.${half})`);
    };
  }
  const read = e.packedVectors(packed);
  return (index) => [0, 1].map((i) => `vec4<f16>(${read(ix.add(ix.mul(index, 2), i))})`);
}
