// The contraction core: sums of products in a tile of registers. MatMul, Gemm and the convolutions differ only in how
// they find row r's and column vector v's elements at each step of the sum, and in where the results go.
//
//   acc[r][v] += a(r) · b(v)        r < rows (scalars), v < vectors (four columns each)
//
// Rows of one thread lie `lanes` apart, so that neighbouring invocations read neighbouring elements.

import type { Constant, Dim, Value } from '@trtx/ir';
import { arrayType, byteLength, ceilDiv, elementsOf, mul } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Packed } from '../slot.ts';
import { bytesOf, computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { type RunLength, vectorOf } from '../wgsl/memory.ts';
import { Position } from '../wgsl/position.ts';
import { componentsOf } from './sums.ts';

export interface Tile {
  /** Rows of a thread. */
  readonly rows: number;
  /** Column vectors (of four) of a thread. */
  readonly vectors: number;
  /** Invocations of a workgroup that lie side by side along the rows; the others lie along the columns. */
  readonly lanes: number;
}

export const WORKGROUP = 64;

/** Where a thread's tile lies. */
export interface Place {
  /** For each row its number, which can pass the last one. */
  readonly rows: readonly Ix[];
  /** Number of the first column vector. */
  readonly vector: Ix;
  /** Number of the slice (group, batch, phase) that the tile belongs to. */
  readonly slice: Ix;
}

/** How a problem of rows × column vectors × slices is cut into workgroups. */
export function gridOf(
  tile: Tile,
  rows: Dim,
  vectors: number | Dim,
  slices: Dim,
): { workgroups: Dim; rowTiles: Dim; vectorTiles: Dim } {
  const rowTiles = ceilDiv(rows, tile.lanes * tile.rows);
  const vectorTiles = ceilDiv(vectors, (WORKGROUP / tile.lanes) * tile.vectors);
  return { workgroups: mul(mul(rowTiles, vectorTiles), slices), rowTiles, vectorTiles };
}

/** Emits a thread's place, and `body` where the place has columns at all. */
export function placeThread(
  e: Emitter,
  tile: Tile,
  rows: Dim,
  vectors: Dim,
  slices: Dim,
  body: (place: Place) => void,
): void {
  const { shader } = e;
  const grid = gridOf(tile, rows, vectors, slices);
  const rowTiles = e.size(grid.rowTiles);
  const vectorTiles = e.size(grid.vectorTiles);
  const rowTile = shader.index(ix.mod('group', rowTiles), 'rt');
  const rest = shader.index(ix.div('group', rowTiles), 'q');
  const vectorTile = shader.index(ix.mod(rest, vectorTiles), 'vt');
  const slice = shader.index(ix.div(rest, vectorTiles), 'slice');
  const lane = tile.lanes === WORKGROUP ? 'lid' : shader.let(`lid % ${tile.lanes}u`, 'lane');
  const column = tile.lanes === WORKGROUP ? 0 : shader.let(`lid / ${tile.lanes}u`, 'column');
  const vector = shader.index(
    ix.mul(ix.add(ix.mul(vectorTile, WORKGROUP / tile.lanes), column), tile.vectors),
    'vector',
  );
  const places = Array.from({ length: tile.rows }, (_, r) =>
    shader.index(ix.add(ix.mul(ix.add(ix.mul(rowTile, tile.rows), r), tile.lanes), lane), 'row'),
  );
  shader.when(ix.all([ix.less(vector, e.size(vectors)), ix.less(slice, e.size(slices))]), () =>
    body({ rows: places, vector, slice }),
  );
}

/** What a contraction sums up in. Integers wrap around. */
export type SumType = 'f32' | 'i32' | 'u32';

/** An element of a value, in the type of the sum. */
export function inSumType({ type: { dtype } }: Value, type: SumType): (element: string) => string {
  return computeOf(dtype) === type ? (element) => element : (element) => `${type}(${element})`;
}

/** Declares the accumulators, emits the sum, and returns the accumulators' names as [row][vector]. */
export function accumulate(
  e: Emitter,
  tile: Tile,
  type: SumType,
  sum: (step: (a: (row: number) => string, b: (vector: number) => string) => void) => void,
): string[][] {
  const { shader } = e;
  const names = Array.from({ length: tile.rows }, () => Array.from({ length: tile.vectors }, () => shader.name('acc')));
  for (const row of names) for (const name of row) shader.line(`var ${name} = vec4<${type}>();`);
  sum((a, b) => {
    const columns = Array.from({ length: tile.vectors }, (_, v) => shader.let(b(v), 'b'));
    for (const [r, row] of names.entries()) {
      const element = shader.let(a(r), 'a');
      for (const [v, name] of row.entries()) shader.line(`${name} += ${element} * ${columns[v]};`);
    }
  });
  return names;
}

/** How the elements of a tile reach memory. */
export interface TileStore {
  readonly type: SumType;
  /** What identifies each row: numbers that `inside` and `element` get. */
  readonly rows: readonly (readonly Ix[])[];
  /** Names of the arguments of `finish` after the value. */
  readonly parameters: readonly string[];
  /** Number of the first column of a vector, and of all columns. */
  readonly first: (vector: Ix) => Ix;
  readonly count: Ix;
  /** Columns of all threads of a workgroup that follow one another. */
  readonly columns: number;
  /** Where the element lies that the parameters tell. */
  position(): Position;
  /** What the epilogue gets of a sum: with what is added to it there, perhaps scaled. */
  finished(sum: string, at: Position): string;
  /** Whether a row exists. */
  inside(row: readonly Ix[]): boolean | string;
  /** The arguments of the element in a row and column. */
  element(row: readonly Ix[], column: Ix): readonly Ix[];
}

/**
 * Stores a tile element by element. A software adapter gets loops, since it compiles what is written out for longer
 * than it runs it; on a GPU loops would move the accumulators out of registers.
 */
export function storeTile(e: Emitter, acc: readonly (readonly string[])[], store: TileStore, software: boolean): void {
  const { shader } = e;
  const vectors = acc[0]!.length;
  const finish = finisher(e, store);
  if (!software) {
    acc.forEach((names, r) => {
      const row = store.rows[r]!;
      shader.when(store.inside(row), () => {
        names.forEach((name, v) => {
          const first = store.first(v);
          for (let c = 0; c < 4; c++) finish([`${name}.${'xyzw'[c]}`], row, ix.add(first, c));
        });
      });
    });
    return;
  }
  const tile = shader.name('tile');
  const elements = acc.flat();
  shader.line(`var ${tile} = array<vec4<${store.type}>, ${elements.length}>(${elements.join(', ')});`);
  const numbers = store.rows[0]!.map((_, i) =>
    rowNumbers(
      e,
      store.rows.map((row) => row[i]!),
    ),
  );
  shader.loop(acc.length, 'r', (r) => {
    const row = numbers.map((number) => number(r));
    shader.when(store.inside(row), () => {
      shader.loop(vectors, 'v', (v) => {
        const vector = shader.let(`${tile}[${ix.text(ix.add(ix.mul(r, vectors), v))}]`, 'vector');
        const first = shader.index(store.first(v), 'first');
        shader.loop(4, 'c', (c) => finish([`${vector}[${ix.text(c)}]`], row, shader.index(ix.add(first, c), 'column')));
      });
    });
  });
}

/** Emits what becomes of sums from a column of a row on, if there is such a column. */
export type Finish = (sums: readonly string[], row: readonly Ix[], column: Ix) => void;

/** Finishes sums of neighbouring columns: all at once, or one by one where the width is 1. */
export function finishAll(
  finish: Finish,
  width: number,
  sums: readonly string[],
  row: readonly Ix[],
  column: Ix,
): void {
  if (width > 1) finish(sums, row, column);
  else for (const [i, sum] of sums.entries()) finish([sum], row, ix.add(column, i));
}

/** Declares what becomes of an element of a tile. */
export function finisher(e: Emitter, store: TileStore): Finish {
  return declareFinish(e, store, [`value: ${store.type}`], () => {
    const at = store.position();
    e.store(at, e.shader.let(store.finished('value', at)));
  });
}

/** As `finisher`, of neighbours along an axis at once, for results that `storesRuns`: the sums are one or two vectors of four. */
export function runFinisher(e: Emitter, store: TileStore, axis: number, count: RunLength): Finish {
  const fours = ['low', 'high'].slice(0, count / 4);
  const sums = fours.flatMap(componentsOf);
  const parameters = fours.map((four) => `${four}: vec4<${store.type}>`);
  return declareFinish(e, store, parameters, () => {
    const start = store.position();
    const lanes = start.run(axis, sums.length);
    const values = lanes.map((at, i) => e.shader.let(store.finished(sums[i]!, at)));
    e.storeRun(start, axis, values);
  });
}

function declareFinish(e: Emitter, store: TileStore, sums: readonly string[], body: () => void): Finish {
  const { shader } = e;
  const parameters = [...sums, ...store.parameters.map((name) => `${name}: u32`)].join(', ');
  shader.func('finish', parameters, '', () => {
    body();
    return undefined;
  });
  const whole = typeof store.count === 'number' && store.count % store.columns === 0;
  return (values, row, column) =>
    shader.when(whole || ix.less(column, store.count), () =>
      shader.line(`finish(${[...values, ...store.element(row, column).map(ix.text)].join(', ')});`),
    );
}

/** One number of each row, to be looked up by the number of the row. */
function rowNumbers(e: Emitter, numbers: readonly Ix[]): (row: Ix) => Ix {
  if (numbers.every((number) => number === numbers[0])) return () => numbers[0]!;
  const name = e.shader.name('rows');
  e.shader.line(`var ${name} = array<u32, ${numbers.length}>(${numbers.map(ix.text).join(', ')});`);
  return (row) => (typeof row === 'number' ? numbers[row]! : e.shader.let(`${name}[${row}]`, 'at'));
}

/** Reads an operand of a contraction by address: memory, perhaps strided and with code applied to its elements, or a number. */
export class Operand {
  readonly #value: Value;
  readonly #source: Value | undefined;

  constructor(
    readonly e: Emitter,
    value: Value,
  ) {
    this.#value = value;
    this.#source = e.source(value);
  }

  /** Address of an element, in elements. */
  address(coords: readonly Ix[]): Ix {
    if (!this.#source) return 0;
    const view = this.e.view(this.#source);
    const strides = view.strides.map((s) => this.e.size(s));
    return ix.add(this.e.size(view.offset), ix.dot(coords, strides));
  }

  /** How far apart two neighbours along an axis lie. */
  stride(axis: number): Ix {
    return this.#source ? this.e.size(this.e.view(this.#source).strides[axis]!) : 0;
  }

  at(address: Ix): string {
    if (this.#source) return this.e.loaded(this.#value, address);
    return this.e.read(
      this.#value,
      Position.at(
        this.#value.type.shape,
        this.#value.type.shape.map(() => 0),
      ),
    );
  }
}

/** A constant whose elements can be packed so that four are read at once, in the type of the sum. */
export function packable({ constant, type: { dtype } }: Value, type: SumType): Constant | undefined {
  return constant && vectorOf(dtype)?.type === type ? constant : undefined;
}

/** A constant's elements in an order of a kernel's own: `order(i)` is the source element of i, or −1 for 0. */
export function packConstant(
  name: string,
  constant: Constant,
  key: string,
  length: number,
  order: (i: number) => number,
): Packed {
  // A constant without elements still needs a vector to bind.
  const stored = Math.max(Math.ceil(length / 4) * 4, 4);
  const { dtype } = constant;
  return {
    dtype,
    key: `${name}:${key}`,
    names: [name],
    size: byteLength(dtype, stored),
    bytes() {
      const source = elementsOf(constant);
      const packed = new (arrayType(dtype))(stored);
      for (let i = 0; i < length; i++) {
        const from = order(i);
        if (from >= 0) packed[i] = source[from]!;
      }
      return bytesOf(packed);
    },
  };
}
