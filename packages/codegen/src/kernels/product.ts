// The product core: a sum of products over one axis that two operands share, on the contraction core. Rows are places of A,
// columns those of B, slices what both have.

import { ceilDiv, type Dim, product, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { type CodeMatrix, codeMatrix } from '../group/codes.ts';
import { isMultiple, liesInRuns } from '../group/view.ts';
import { defineKernel, type Kernel, type Launch, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal } from '../wgsl/scalar.ts';
import { eightColumns, fourColumns } from './code-columns.ts';
import {
  accumulate,
  gridOf,
  inSumType,
  Operand,
  type Place,
  packable,
  packConstant,
  placeThread,
  type SumType,
  storeTile,
  type Tile,
  type TileStore,
  WORKGROUP,
} from './contraction.ts';
import type { SumsSize } from './sums.ts';
import { TILES, tileCost } from './tiles.ts';

/** The one form of all: out[batch, rows, n] = alpha · Σₖ A[batch, rows, k]·B[batch, k, n] + beta · C. */
export interface Product {
  readonly a: Value;
  readonly b: Value;
  /** B as codes, where the kernel makes numbers of them itself. */
  readonly codes?: CodeMatrix;
  /** What is taken off each element of A first, and of B. */
  readonly zeroA?: ZeroPoint;
  readonly zeroB?: ZeroPoint;
  /** Axes of the output that B has too (slices), axes that it lacks (rows), and its own (columns). */
  readonly batch: readonly Dim[];
  readonly rows: readonly Dim[];
  readonly n: Dim;
  readonly k: Dim;
  readonly alpha: number;
  /** Added to each element, with its factor. */
  readonly c?: { readonly value: Value; readonly beta: number };
  /** Coordinates in A, in B and in the output. */
  atA(batch: readonly Ix[], rows: readonly Ix[], k: Ix): readonly Ix[];
  atB(batch: readonly Ix[], k: Ix, n: Ix): readonly Ix[];
  atOutput(batch: readonly Ix[], rows: readonly Ix[], n: Ix): readonly Ix[];
}

/** An operand as codes, where its group reads them. */
export function codesOf({ group }: Problem, input: number): CodeMatrix | undefined {
  const value = group.anchor!.inputs[input];
  return value && group.prologue.has(value) ? codeMatrix(group.anchor!, input) : undefined;
}

/** A zero point that does not depend on k: one for all of its operand, or one for each of some places. */
export interface ZeroPoint {
  readonly value: Value;
  /** Where it is for an element of the operand. */
  at(coords: readonly Ix[]): readonly Ix[];
}

function emitProduct(e: Emitter, problem: Problem, p: Product, tile: Tile): Launch {
  const { shader } = e;
  const rows = product(p.rows);
  const slices = product(p.batch);
  const vectors = vectorsOf(p);
  const type = computeOf(problem.group.accumulated.type.dtype) as SumType;
  placeThread(e, tile, rows, vectors, slices, (place) => {
    const a = new Operand(e, p.a);
    const columns = columnReader(e, p, tile, place, type);
    const batch = Position.linear(p.batch, place.slice).coords(shader);
    const rowCoords = rowsOf(e, p, place.rows);
    const starts = rowCoords.map((row) => shader.index(a.address(p.atA(batch, row, 0)), 'x'));
    const stride = a.stride(axesOf(p).a.step);
    const start = shader.index(columns.start(batch), 'w');
    const read = inSumType(p.a, type);
    const zeros = rowCoords.map((row) => p.zeroA && zeroPoint(e, p.zeroA, p.atA(batch, row, 0), type));
    const zeroColumns = p.zeroB && zeroVectors(e, p, p.zeroB, tile, place, batch, type);
    const acc = accumulate(e, tile, type, (step) => {
      shader.loop(e.size(p.k), 'k', (k) => {
        const offset = shader.index(ix.mul(k, stride), 'o');
        step(
          (row) => less(read(a.at(ix.add(starts[row]!, offset))), zeros[row]),
          (vector) => less(columns.at(start, k, vector), zeroColumns?.[vector]),
        );
      });
    });
    const store = storeOf(e, problem, p, batch, place.rows, rowCoords, {
      first: (vector) => ix.mul(ix.add(place.vector, vector), 4),
      columns: 4 * tile.vectors,
    });
    storeTile(e, acc, store, problem.target.software);
  });
  return { workgroupSize: WORKGROUP, workgroups: gridOf(tile, rows, vectors, slices).workgroups };
}

/** How the elements of a product's tile reach memory. @param coords of each row in the output */
export function storeOf(
  e: Emitter,
  problem: Problem,
  p: Product,
  batch: readonly Ix[],
  rows: readonly Ix[],
  coords: readonly (readonly Ix[])[],
  columns: Pick<TileStore, 'first' | 'columns'>,
): TileStore {
  const { shader } = e;
  const { shape, dtype } = problem.group.accumulated.type;
  const type = computeOf(dtype) as SumType;
  const names = shape.map((_, i) => `c${i}`);
  return {
    type,
    rows: coords.map((row, r) => [rows[r]!, ...row]),
    parameters: names,
    ...columns,
    count: e.size(p.n),
    position: () => Position.at(shape, names),
    finished(sum, at) {
      const scaled = p.alpha === 1 ? sum : `${literal(shader, p.alpha, type)} * ${sum}`;
      if (!p.c) return scaled;
      const c = e.read(p.c.value, at.broadcast(shader, p.c.value.type.shape));
      return p.c.beta === 1 ? `${scaled} + ${c}` : `${scaled} + ${literal(shader, p.c.beta, type)} * ${c}`;
    },
    inside: ([row]) => ix.less(row!, e.size(product(p.rows))),
    element: ([, ...row], column) => p.atOutput(batch, row, column),
  };
}

/** Axes of the operands along the sum, and of B and the output along the columns: −1 for a vector, which has none. */
export function axesOf(p: Product) {
  const [batch, rows] = [p.batch, p.rows].map((dims) => dims.map(() => 0)) as [number[], number[]];
  const b = p.atB(batch, 'k', 'n');
  return {
    a: { step: p.atA(batch, rows, 'k').indexOf('k') },
    b: { step: b.indexOf('k'), column: b.indexOf('n') },
    output: { column: p.atOutput(batch, rows, 'n').indexOf('n') },
  };
}

/** Where rows, by their numbers, lie in A and in the output. */
export function rowsOf(e: Emitter, p: Product, rows: readonly Ix[]): Ix[][] {
  const last = ix.sub(e.size(product(p.rows)), 1);
  return rows.map((row) => [...Position.linear(p.rows, e.shader.index(ix.minIx(row, last), 'm')).coords(e.shader)]);
}

/** B's columns, four at a time: packed as [k][n] with n padded if B is one constant matrix, else where they lie. */
function columnReader(e: Emitter, p: Product, tile: Tile, place: Place, type: SumType) {
  const columns = packedColumns(e, p, type, tile.vectors);
  if (columns)
    return {
      start: () => place.vector,
      at: (start: Ix, row: Ix, v: number) => columns(ix.add(start, v), row),
    };
  const b = new Operand(e, p.b);
  const read = inSumType(p.b, type);
  const { step, column } = axesOf(p).b;
  const strideK = b.stride(step);
  const strideN = column < 0 ? 0 : b.stride(column);
  const offsets = columnsOf(e, p, tile, place).map((column) => e.shader.index(ix.mul(column, strideN), 'n'));
  return {
    start: (batch: readonly Ix[]) => b.address(p.atB(batch, 0, 0)),
    at: (start: Ix, row: Ix, v: number) => {
      const line = e.shader.index(ix.add(start, ix.mul(row, strideK)), 'l');
      return `vec4<${type}>(${[0, 1, 2, 3].map((c) => read(b.at(ix.add(line, offsets[v * 4 + c]!)))).join(', ')})`;
    },
  };
}

/**
 * Reads vectors of four columns of B, by number and step of the sum, if B is one constant matrix of known sizes, or one of codes: packed as
 * [k][n], filled up with 0 to multiples of so many vectors and steps.
 */
export function packedColumns(e: Emitter, p: Product, type: SumType, vectors: number, steps = 1) {
  if (p.codes) return fourColumns(e, p.codes, vectors, steps);
  const matrix = packB(p, type, vectors, steps);
  if (!matrix) return undefined;
  const read = e.packedVectors(matrix.packed);
  return (vector: Ix, row: Ix) => read(ix.add(vector, ix.mul(row, matrix.vectors)));
}

/**
 * Reads eight float16 columns of B as they lie, by step of the sum and number of the first column, as `packedColumns`: filled
 * up to multiples of so many columns and steps.
 */
export function packedMatrix(e: Emitter, p: Product, columns: number, steps: number) {
  if (p.codes) return eightColumns(e, p.codes, columns, steps);
  const matrix = packB(p, 'f32', columns / 4, steps);
  if (!matrix) return undefined;
  const read = e.packedWords(matrix.packed, 'vec4<u32>');
  return (step: Ix, column: Ix) => read(ix.add(ix.mul(step, matrix.vectors / 2), ix.div(column, 8)));
}

function packB(p: Product, type: SumType, vectors: number, steps: number) {
  const { k, n } = p;
  const constant = packable(p.b, type);
  if (!constant || p.batch.length > 0 || typeof k !== 'number' || typeof n !== 'number') return undefined;
  const padded = Math.ceil(n / 4 / vectors) * vectors;
  const depth = Math.ceil(k / steps) * steps;
  const transposed = axesOf(p).b.step === 1;
  const key = `matmul${padded}x${depth}${transposed ? 't' : ''}`;
  const packed = packConstant(p.b.name, constant, key, depth * padded * 4, (i) => {
    const column = i % (padded * 4);
    const row = Math.floor(i / (padded * 4));
    if (column >= n || row >= k) return -1;
    return transposed ? column * k + row : row * n + column;
  });
  return { packed, vectors: padded };
}

/** True where an operand is in memory in which the elements of an axis lie side by side, each `count` from a multiple of it on. */
export function isInStep(e: Emitter, value: Value, axis: number, size: Dim, count: number): boolean {
  const source = e.source(value);
  return source !== undefined && isMultiple(size, count) && liesInRuns(e.view(source), axis, count);
}

/** The numbers of a thread's columns, none past the last. */
function columnsOf(e: Emitter, p: Product, tile: Tile, place: Place): Ix[] {
  const last = ix.sub(e.size(p.n), 1);
  return Array.from({ length: tile.vectors * 4 }, (_, c) => ix.minIx(ix.add(ix.mul(place.vector, 4), c), last));
}

function less(element: string, zero: string | undefined): string {
  return zero === undefined ? element : `(${element} - ${zero})`;
}

function zeroPoint(e: Emitter, { value, at }: ZeroPoint, coords: readonly Ix[], type: SumType): string {
  return e.shader.let(inSumType(value, type)(e.read(value, Position.at(value.type.shape, at(coords)))), 'zero');
}

function zeroVectors(
  e: Emitter,
  p: Product,
  zero: ZeroPoint,
  tile: Tile,
  place: Place,
  batch: readonly Ix[],
  type: SumType,
): string[] {
  const zeros = columnsOf(e, p, tile, place).map((n) => zeroPoint(e, zero, p.atB(batch, 0, n), type));
  return Array.from({ length: tile.vectors }, (_, v) =>
    e.shader.let(`vec4<${type}>(${zeros.slice(4 * v, 4 * v + 4).join(', ')})`, 'zeros'),
  );
}

export function vectorsOf(p: Product): Dim {
  return ceilDiv(p.n, 4);
}

export function sumsSizeOf(p: Product): SumsSize {
  return { rows: product(p.rows), columns: p.n, slices: product(p.batch), depth: p.k };
}

/** The inputs that these kernels read as codes. */
export const DECODED = [1] as const;

export interface ProductKernel {
  op: string;
  id: string;
  summary: string;
  /** The product that a node is; undefined for one that is none. */
  product(problem: Problem): Product | undefined;
}

export function defineProduct({ op, id, summary, product: productOf }: ProductKernel): Kernel {
  return defineKernel<Tile>({
    id,
    version: 3,
    summary,
    ops: [op],
    decodes: DECODED,
    applies(problem) {
      const p = productOf(problem);
      if (!p) return false;
      const type = computeOf(problem.group.accumulated.type.dtype);
      // What is known from shapes alone is in no memory.
      if ([p.a, p.b].some((value) => value.contents && !value.constant)) return false;
      return type === 'f32' || [p.alpha, p.c?.beta ?? 1].every(Number.isInteger);
    },
    params: () => TILES,
    cost(problem, tile) {
      const p = productOf(problem)!;
      return tileCost(problem.target, tile, 'rows', product(p.rows), vectorsOf(p), product(p.batch), p.k);
    },
    emit: (e, problem, tile) => emitProduct(e, problem, productOf(problem)!, tile),
  });
}
