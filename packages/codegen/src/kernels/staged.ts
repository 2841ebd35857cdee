// The staged contraction: sums of products as in contraction.ts, whose operands a workgroup brings through its memory, so
// that it reads each element once and every thread has it. While a tile of the sum is computed, the next one is on its way
// into registers.
//
// In workgroup memory, A lies as [step][row] and B as [step][vector of four columns]. Threads of a line of lanes have
// neighbouring vectors of the same rows.
//
// Source: Volkov and Demmel, "Benchmarking GPUs to tune dense linear algebra", 2008, for the blocking in registers; the
// prefetch is that of CUTLASS's simplest pipeline.

import { ceilDiv, type Dim, mul } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import { fitsWorkgroup, type Target } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { MICROSECOND, PROCESSORS, residentGroups, sharingOf } from './large-gpu.ts';

export interface StagedTile {
  /** Rows and columns of a workgroup, and steps of the sum that are brought at once. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Rows of a thread, and its vectors of four columns. */
  readonly rows: number;
  readonly vectors: number;
  /** Threads that share the rows and columns of a thread: each takes every so manieth step of the sum. */
  readonly split: number;
}

/** Every tile that is worth trying. Loads of both operands are the same number for each thread. */
const STAGED_TILES: readonly StagedTile[] = [
  { m: 128, n: 128, k: 8, rows: 8, vectors: 2, split: 1 },
  { m: 128, n: 64, k: 16, rows: 8, vectors: 1, split: 1 },
  { m: 64, n: 128, k: 16, rows: 8, vectors: 1, split: 1 },
  { m: 64, n: 64, k: 16, rows: 8, vectors: 1, split: 1 },
  { m: 64, n: 64, k: 16, rows: 4, vectors: 1, split: 1 },
  { m: 64, n: 32, k: 16, rows: 4, vectors: 1, split: 1 },
  { m: 32, n: 64, k: 16, rows: 4, vectors: 1, split: 1 },
  { m: 32, n: 64, k: 32, rows: 2, vectors: 1, split: 1 },
  { m: 32, n: 32, k: 32, rows: 4, vectors: 1, split: 1 },
  { m: 32, n: 32, k: 32, rows: 2, vectors: 1, split: 1 },
  { m: 16, n: 64, k: 32, rows: 2, vectors: 1, split: 1 },
  { m: 16, n: 32, k: 32, rows: 2, vectors: 1, split: 1 },
  { m: 32, n: 64, k: 32, rows: 4, vectors: 1, split: 2 },
  { m: 32, n: 32, k: 32, rows: 4, vectors: 1, split: 4 },
  { m: 32, n: 32, k: 32, rows: 4, vectors: 1, split: 2 },
  { m: 16, n: 64, k: 32, rows: 4, vectors: 1, split: 2 },
  { m: 16, n: 64, k: 64, rows: 4, vectors: 1, split: 4 },
  { m: 16, n: 32, k: 32, rows: 4, vectors: 1, split: 4 },
  { m: 16, n: 32, k: 64, rows: 4, vectors: 1, split: 4 },
  { m: 16, n: 32, k: 64, rows: 4, vectors: 1, split: 8 },
  { m: 16, n: 16, k: 64, rows: 4, vectors: 1, split: 8 },
  { m: 16, n: 16, k: 64, rows: 4, vectors: 1, split: 16 },
];

/** Rows of A in workgroup memory lie this much further apart than they are long, so that a line of stores meets more banks. */
const PADDING = 4;

function threadsOf({ m, n, rows, vectors, split }: StagedTile): number {
  return (m / rows) * (n / (4 * vectors)) * split;
}

/** Bytes of workgroup memory. */
function stagedBytes({ m, n, k, split }: StagedTile): number {
  return 4 * (k * (m + PADDING + n) + (split - 1) * m * n);
}

/** The tiles for which a device has what they take; none on a software adapter, where no tile is worth its barriers. */
export function stagedTiles(target: Target): readonly StagedTile[] {
  if (target.software) return [];
  return STAGED_TILES.filter((tile) => fitsWorkgroup(target, threadsOf(tile), stagedBytes(tile)));
}

/** Where what a contraction multiplies comes from, in one slice. Steps from `depth` on are 0 on both sides. */
export interface Sources {
  /** For the row with a number, which can pass the last one: what reads four steps of it, from a multiple of four on, as a vec4<f32>. */
  a(row: Ix): (tile: Ix, step: Ix) => string;
  /** For the column vector with a number: what reads it at a step, as a vec4<f32>. */
  b(vector: Ix): (step: Ix) => string;
  /** What follows one another in the memory of A: its rows, or the steps of the sum. */
  readonly order: 'rows' | 'steps';
}

/** Rows of a thread, by number, and the first columns of its vectors; they can pass the last one. */
export interface StagedPlace {
  readonly rows: readonly Ix[];
  readonly first: (vector: Ix) => Ix;
  readonly slice: Ix;
}

/** How rows × vectors × slices are cut into workgroups. */
function stagedGrid({ m, n }: StagedTile, rows: Dim, vectors: Dim, slices: Dim) {
  const rowTiles = ceilDiv(rows, m);
  const vectorTiles = ceilDiv(vectors, n / 4);
  return { workgroups: mul(mul(rowTiles, vectorTiles), slices), rowTiles, vectorTiles };
}

/** What a kernel launches. */
export function stagedLaunch(tile: StagedTile, rows: Dim, vectors: Dim, slices: Dim): Launch {
  const { workgroups } = stagedGrid(tile, rows, vectors, slices);
  return { workgroupSize: threadsOf(tile), workgroupBytes: stagedBytes(tile), workgroups };
}

/** Emits the sum, and `finish` with the names of the sums as [row][vector]. */
export function emitStaged(
  e: Emitter,
  tile: StagedTile,
  size: { readonly rows: Dim; readonly vectors: Dim; readonly slices: Dim; readonly depth: Dim },
  sourcesOf: (slice: Ix) => Sources,
  finish: (place: StagedPlace, sums: string[][]) => void,
): void {
  const { shader } = e;
  const { m, n, k } = tile;
  const grid = stagedGrid(tile, size.rows, size.vectors, size.slices);
  const rowTiles = e.size(grid.rowTiles);
  const vectorTiles = e.size(grid.vectorTiles);
  const firstRow = shader.index(ix.mul(ix.mod('group', rowTiles), m), 'first');
  const rest = shader.index(ix.div('group', rowTiles), 'q');
  const firstVector = shader.index(ix.mul(ix.mod(rest, vectorTiles), n / 4), 'first');
  const slice = shader.index(ix.div(rest, vectorTiles), 'slice');
  const stride = m + PADDING;
  shader.global(`var<workgroup> left: array<f32, ${k * stride}>;`);
  shader.global(`var<workgroup> right: array<vec4<f32>, ${(k * n) / 4}>;`);
  const lanes = n / (4 * tile.vectors);
  const lines = m / tile.rows;
  const lane = shader.let(`lid % ${lanes}u`, 'lane');
  const line = shader.index(tile.split === 1 ? ix.div('lid', lanes) : ix.mod(ix.div('lid', lanes), lines), 'line');
  const part = tile.split === 1 ? 0 : shader.let(`lid / ${lanes * lines}u`, 'part');
  shader.when(ix.less(slice, e.size(size.slices)), () => {
    const sources = sourcesOf(slice);
    const slots = [
      ...slotsOfA(e, tile, firstRow, sources),
      ...slotsOfB(e, tile, firstVector, sources, e.size(size.vectors)),
    ];
    const sums = Array.from({ length: tile.rows }, () =>
      Array.from({ length: tile.vectors }, () => shader.name('acc')),
    );
    for (const name of sums.flat()) shader.line(`var ${name} = vec4<f32>();`);
    for (const { name } of slots) shader.line(`var ${name} = vec4<f32>();`);
    const fetch = (start: Ix) => {
      for (const { name, read } of slots) shader.line(`${name} = ${read(start)};`);
    };
    const depth = e.size(size.depth);
    // A sum of nothing is 0.
    shader.when(ix.less(0, depth), () => fetch(0));
    const tiles = e.size(ceilDiv(size.depth, k));
    shader.loop(tiles, 't', (t) => {
      for (const { store } of slots) store();
      shader.line('workgroupBarrier();');
      const next = shader.index(ix.mul(ix.add(t, 1), k), 'next');
      shader.when(ix.less(next, depth), () => fetch(next));
      shader.loop(k / tile.split, 'k', (round) => {
        const step = shader.index(ix.add(ix.mul(round, tile.split), part), 'step');
        const b = Array.from({ length: tile.vectors }, (_, v) =>
          shader.let(`right[${ix.text(ix.add(ix.add(ix.mul(step, n / 4), lane), v * lanes))}]`, 'b'),
        );
        const row = shader.index(ix.add(ix.mul(step, stride), ix.mul(line, tile.rows)), 'r');
        for (const [r, names] of sums.entries()) {
          const a = shader.let(`left[${ix.text(ix.add(row, r))}]`, 'a');
          for (const [v, name] of names.entries()) shader.line(`${name} += ${a} * ${b[v]};`);
        }
      });
      shader.line('workgroupBarrier();');
    });
    if (tile.split > 1) addParts(e, tile, part, sums);
    const ownVector = shader.index(ix.add(firstVector, lane), 'vector');
    const place: StagedPlace = {
      rows: sums.map((_, r) => shader.index(ix.add(ix.add(firstRow, ix.mul(line, tile.rows)), r), 'row')),
      first: (vector) => ix.mul(ix.add(ownVector, ix.mul(vector, lanes)), 4),
      slice,
    };
    shader.when(tile.split === 1 || `${part} == 0u`, () => finish(place, sums));
  });
}

/** Adds to the sums of the first part those of the others, in order, so that they are the same in every run. */
function addParts(e: Emitter, tile: StagedTile, part: Ix, sums: string[][]): void {
  const { shader } = e;
  const threads = threadsOf(tile) / tile.split;
  const names = sums.flat();
  shader.global(`var<workgroup> parts: array<vec4<f32>, ${(tile.split - 1) * threads * names.length}>;`);
  const at = (place: Ix, i: number) => `parts[${ix.text(ix.add(place, i * (tile.split - 1) * threads))}]`;
  shader.block(`if (${part} > 0u)`, () => {
    const place = shader.index(ix.sub('lid', threads), 'place');
    for (const [i, name] of names.entries()) shader.line(`${at(place, i)} = ${name};`);
  });
  shader.line('workgroupBarrier();');
  shader.block(`if (${part} == 0u)`, () => {
    shader.loop(tile.split - 1, 'other', (other) => {
      const place = shader.index(ix.add('lid', ix.mul(other, threads)), 'place');
      for (const [i, name] of names.entries()) shader.line(`${name} += ${at(place, i)};`);
    });
  });
}

/** What a thread brings of a tile of the sum. */
interface LoadSlot {
  /** The variable that has it meanwhile. */
  readonly name: string;
  /** What it is, in the tile that begins at a step. */
  read(start: Ix): string;
  /** Puts the variable into workgroup memory. */
  store(): void;
}

function slotsOfA(e: Emitter, tile: StagedTile, firstRow: Ix, { a, order }: Sources): LoadSlot[] {
  const { shader } = e;
  const { m, k } = tile;
  return numbersOf(e, tile, (m * k) / 4).map((number) => {
    const inTile = order === 'steps' ? ix.div(number, k / 4) : ix.mod(number, m);
    const own = shader.index(inTile, 'm');
    const four = order === 'steps' ? ix.mod(number, k / 4) : ix.div(number, m);
    const step = shader.index(ix.mul(four, 4), 's');
    const read = a(shader.index(ix.add(firstRow, own), 'row'));
    const name = shader.name('x');
    return {
      name,
      read: (start) => read(start, step),
      store() {
        for (const [i, element] of ['x', 'y', 'z', 'w'].entries()) {
          const at = ix.add(ix.mul(ix.add(step, i), m + PADDING), own);
          shader.line(`left[${ix.text(at)}] = ${name}.${element};`);
        }
      },
    };
  });
}

function slotsOfB(e: Emitter, tile: StagedTile, firstVector: Ix, { b }: Sources, vectors: Ix): LoadSlot[] {
  const { shader } = e;
  const perStep = tile.n / 4;
  return numbersOf(e, tile, perStep * tile.k).map((number) => {
    const step = shader.index(ix.div(number, perStep), 's');
    const vector = ix.add(firstVector, ix.mod(number, perStep));
    const read = b(shader.index(ix.minIx(vector, ix.sub(vectors, 1)), 'vector'));
    const name = shader.name('w');
    return {
      name,
      read: (start) => read(ix.add(start, step)),
      store: () => shader.line(`right[${ix.text(number)}] = ${name};`),
    };
  });
}

/** The numbers of what a thread brings of so many vectors: neighbouring threads bring neighbours. */
function numbersOf(e: Emitter, tile: StagedTile, count: number): Ix[] {
  const threads = threadsOf(tile);
  return Array.from({ length: count / threads }, (_, i) => e.shader.index(ix.add('lid', i * threads), 'number'));
}

/** What a multiprocessor has room for. */
const ROOM = { bytes: 220 * 1024, groups: 32 };

/**
 * Relative time, in the unit of `tileCost`. Workgroups go through the tiles of the sum one after the other: each takes the
 * latency of its steps, and, by how many share a multiprocessor, the arithmetic of all and what all bring.
 *
 * The factors are fitted to 374 measured times: docs/benchmarks.md, "Contractions through workgroup memory".
 */
export function stagedCost(tile: StagedTile, rows: Dim, vectors: Dim, slices: Dim, depth: Dim): number {
  const { m, n, k, split } = tile;
  const threads = threadsOf(tile);
  const groups = Math.ceil(typical(rows) / m) * Math.ceil(typical(vectors) / (n / 4)) * Math.ceil(typical(slices));
  const resident = residentGroups({ threads, bytes: stagedBytes(tile) }, ROOM);
  const sharing = sharingOf(groups, resident);
  const waves = Math.max(groups / (PROCESSORS * resident), 1);
  const steps = k / split;
  const products = tile.rows * tile.vectors;
  const latency = steps * (0.005 + 0.0003 * products);
  const arithmetic = sharing * threads * steps * products * 2.1e-5;
  const bringing = sharing * (m + n) * k * 1.05e-4;
  const joining = 0.1 * (split - 1) * products;
  const tiles = Math.ceil(typical(depth) / k);
  return MICROSECOND * waves * (tiles * (latency + arithmetic + bringing) + joining);
}
