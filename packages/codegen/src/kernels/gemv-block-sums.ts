// What an invocation of a product of few rows with codes sums up: its part of the sums of some columns, for every row.

import type { Emitter } from '../emitter.ts';
import type { CodeMatrix } from '../group/codes.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import type { Shader } from '../wgsl/shader.ts';
import {
  codesPerWord,
  packCodes,
  packScales,
  packZeros,
  scaledFours,
  scaledZeros,
  weightsOf,
  zeroOf,
} from './code-words.ts';
import { ELEMENTS, foursOf } from './eights.ts';
import { eachStep, type GemvPlace, rowReaders } from './gemv-sums.ts';
import type { GemvTile } from './gemv-tiles.ts';
import type { Product } from './product.ts';

/** Steps of a row that are worked on at once. Blocks have whole ones. */
export const EIGHT_STEPS = 8;

/** Codes in a vector of 16 bytes. */
export function vectorOfCodes(matrix: CodeMatrix): number {
  return 4 * codesPerWord(matrix);
}

/** Sums by vectors along each column; gives their names, as [row][column]. */
export function sumCodes(e: Emitter, p: Product, tile: GemvTile, place: GemvPlace): string[][] {
  const { shader } = e;
  const matrix = p.codes!;
  const vector = vectorOfCodes(matrix);
  const last = matrix.n - 1;
  const columns = columnReaders(
    e,
    matrix,
    Array.from({ length: tile.columns }, (_, c) => shader.index(ix.minIx(ix.add(place.column, c), last), 'n')),
  );
  const rows = eightReaders(e, p, place, vector);
  const sums = rows.map(() => columns.map(() => shader.name('acc')));
  for (const sum of sums.flat()) shader.line(`var ${sum} = 0.0;`);
  const span = spanOf(matrix);
  eachStep(e, tile, Math.ceil(matrix.k / vector), place.lane, (steps) => {
    // All that comes from memory is on its way before the first of it is worked on.
    const read = steps.map((v) => columns.map((column) => column(v)));
    steps.forEach((v, u) => {
      for (let start = 0; start < vector; start += span) {
        const blocks = read[u]!.map(({ words, block }) => ({ words, ...block(start / span) }));
        sumBlock(e, matrix, blocks, rows, sums, { number: v, start, end: start + span });
      }
    });
  });
  return sums;
}

/** Codes of a vector that share a scale for certain. */
function spanOf(matrix: CodeMatrix): number {
  const vector = vectorOfCodes(matrix);
  if (matrix.blocks === 1) return vector;
  let [a, b] = [matrix.block, vector];
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** What is summed up at once: steps from `start` to `end` of the vector with a number. */
interface Span {
  readonly number: Ix;
  readonly start: number;
  readonly end: number;
}

/** A column's vector of codes, and what they are scaled by once `zeros` is taken off. */
interface Block {
  readonly words: string;
  readonly scale: string;
  readonly zeros: string;
}

function sumBlock(
  e: Emitter,
  matrix: CodeMatrix,
  blocks: readonly Block[],
  rows: readonly ((number: Ix, start: number) => string[])[],
  sums: readonly (readonly string[])[],
  { number, start, end }: Span,
): void {
  const { shader } = e;
  const parts = sums.map((row) => row.map(() => shader.name('part')));
  for (const part of parts.flat()) shader.line(`var ${part} = vec4<f32>();`);
  const perWord = codesPerWord(matrix);
  for (let at = start; at < end; at += EIGHT_STEPS) {
    const own = Array.from({ length: EIGHT_STEPS / perWord }, (_, i) => 'xyzw'[at / perWord + i]!);
    const fours = blocks.map(({ words, zeros }) =>
      own.flatMap((component) => scaledFours(e, matrix, `${words}.${component}`, zeros)),
    );
    rows.forEach((row, r) => {
      const x = row(number, at);
      fours.forEach((four, c) => {
        for (const [i, one] of four.entries()) shader.line(`${parts[r]![c]} += ${one} * ${x[i]};`);
      });
    });
  }
  parts.forEach((row, r) => {
    row.forEach((part, c) => {
      shader.line(`${sums[r]![c]} += ${blocks[c]!.scale} * ((${part}.x + ${part}.y) + (${part}.z + ${part}.w));`);
    });
  });
}

/** For each row of A: reads eight steps from one of a vector of codes on, as two vec4<f32>, over the weights of codes in words. */
function eightReaders(
  e: Emitter,
  p: Product,
  place: GemvPlace,
  vector: number,
): ((number: Ix, start: number) => string[])[] {
  const { shader } = e;
  const elements = ELEMENTS.get(p.a.type.dtype)!;
  const weights = weightsOf(p.codes!);
  const isScaled = weights.some((weight) => weight !== 1);
  const scaled = isScaled ? ` * vec4<f32>(${weights.map((weight) => literal(1 / weight)).join(', ')})` : '';
  return rowReaders(e, p, place, vector).map((read) => (number, start) => {
    const first = ix.add(ix.mul(number, vector / elements), start / elements);
    const vectors = Array.from({ length: EIGHT_STEPS / elements }, (_, i) => shader.let(read(ix.add(first, i)), 'x'));
    return vectors.flatMap((one) => foursOf(e, p.a, one)).map((four) => shader.let(`${four}${scaled}`, 'x'));
  });
}

const literal = (number: number) => (Number.isInteger(number) ? `${number}.0` : String(number));

interface ColumnVector {
  /** A vec4<u32>. */
  readonly words: string;
  /** What belongs to the codes of a span of it. */
  block(span: number): Omit<Block, 'words'>;
}

/** For each of some columns: reads the vector with a number, and what belongs to it. */
function columnReaders(e: Emitter, matrix: CodeMatrix, columns: readonly Ix[]): ((number: Ix) => ColumnVector)[] {
  const { shader } = e;
  const { k, n, block, blocks, codeAt, scaleAt } = matrix;
  const vector = vectorOfCodes(matrix);
  const vectors = Math.ceil(k / vector);
  const all = Math.max(Math.ceil((vectors * vector) / block), blocks);
  const perColumn = blocks === 1 ? 1 : all;
  const codes = e.packedWords(
    packCodes(matrix, `columns${n}x${vectors * vector}`, n * vectors * vector, (i) => {
      const step = i % (vectors * vector);
      return step < k ? codeAt(step, Math.floor(i / (vectors * vector))) : -1;
    }),
    'vec4<u32>',
  );
  const scaled = (i: number) => {
    const number = i % perColumn;
    return number < blocks ? scaleAt(number, Math.floor(i / perColumn)) : -1;
  };
  const key = `columns${n}x${perColumn}`;
  const scales = e.packed(packScales(matrix, key, n * perColumn, scaled));
  const zeros = matrix.zeros && e.packed({ ...packZeros(matrix.zeros, key, n * perColumn, scaled), dtype: 'uint8' });
  const numbers = (index: Ix): Omit<Block, 'words'> => ({
    scale: shader.let(scales(index), 'scale'),
    zeros: zerosOf(shader, matrix, zeros?.(index)),
  });
  return columns.map((column) => {
    const own = blocks === 1 ? numbers(column) : undefined;
    const start = shader.index(ix.mul(column, vectors), 'w');
    const first = shader.index(ix.mul(column, perColumn), 's');
    return (number) => {
      const words = shader.let(codes(ix.add(start, number)), 'w');
      const spans = own ? [own] : spansOf(matrix, number).map((at) => numbers(shader.index(ix.add(first, at), 's')));
      return { words, block: (span) => own ?? spans[span]! };
    };
  });
}

/** The numbers of the blocks of a vector's spans. */
function spansOf(matrix: CodeMatrix, number: Ix): Ix[] {
  const [vector, span] = [vectorOfCodes(matrix), spanOf(matrix)];
  return Array.from({ length: vector / span }, (_, i) => {
    if (matrix.block % vector === 0) return ix.div(number, matrix.block / vector);
    return ix.div(ix.add(ix.mul(number, vector), i * span), matrix.block);
  });
}

function zerosOf(shader: Shader, matrix: CodeMatrix, zero: string | undefined): string {
  return scaledZeros(shader, matrix, zero === undefined ? zeroOf(matrix) : `f32(${zero})`);
}
