// The staged contraction: sums of products as in contraction.ts, whose operands a workgroup brings through its memory, so
// that it reads each element once and every thread has it. While a tile of the sum is computed, the next one is on its way
// into registers.
//
// In workgroup memory, A lies as [step][row] and B as [step][vector of four columns]. Threads of a line of lanes have
// neighbouring vectors of the same rows.
//
// Source: Volkov and Demmel, "Benchmarking GPUs to tune dense linear algebra", 2008, for the blocking in registers; the
// prefetch is that of CUTLASS's simplest pipeline.

import { ceilDiv, mul } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { PADDING, type StagedTile, stagedBytes, threadsOf } from './staged-tiles.ts';
import { emitInParts, lastStart, tilesOf } from './sum-parts.ts';
import { componentsOf, placeSums, type Sums } from './sums.ts';

/** Where what a contraction multiplies comes from, in one slice. Steps from `depth` on are 0 on both sides. */
export interface Sources {
  /** For the row with a number, which can pass the last one: what reads four steps of it, from a multiple of four on, as a vec4<f32>. */
  a(row: Ix): (tile: Ix, step: Ix) => string;
  /** For the column vector with a number: what reads it at a step, as a vec4<f32>. */
  b(vector: Ix): (step: Ix) => string;
  /** What follows one another in the memory of A: its rows, or the steps of the sum. */
  readonly order: 'rows' | 'steps';
  /** Whether what is read is worked on at once, such as joined of elements or put to 0. */
  readonly isWorkedOn: boolean;
}

/** A contraction: how large it is, what it multiplies, and what becomes of its sums, each written with an emitter. */
export interface StagedProblem extends Sums {
  sources(e: Emitter, slice: Ix): Sources;
}

/** Emits the sums, and the finisher's code for all of them. */
export function emitStaged(e: Emitter, tile: StagedTile, problem: StagedProblem): Launch {
  return emitInParts(e, tile, 4, problem, (stage, finishing) => emitTile(stage, tile, { ...problem, ...finishing }));
}

function emitTile(e: Emitter, tile: StagedTile, { size, sources: sourcesOf, finish, finisher }: StagedProblem): Launch {
  const { shader } = e;
  const { m, n, k } = tile;
  const { row: firstRow, column: firstColumn, numbered, workgroups } = placeSums(e, tile, size);
  const firstVector = shader.index(ix.div(firstColumn, 4), 'first');
  const vectors = { left: (k * (m + PADDING)) / widthOfA(tile), right: (k * n) / 4 };
  shader.global(`var<workgroup> left: array<${vectorOfA(tile)}, ${vectors.left * tile.buffers}>;`);
  shader.global(`var<workgroup> right: array<vec4<f32>, ${vectors.right * tile.buffers}>;`);
  const lanes = n / (4 * tile.vectors);
  const lines = m / tile.rows;
  const lane = shader.let(`lid % ${lanes}u`, 'lane');
  const line = shader.index(tile.split === 1 ? ix.div('lid', lanes) : ix.mod(ix.div('lid', lanes), lines), 'line');
  const turn = tile.split === 1 ? 0 : shader.let(`lid / ${lanes * lines}u`, 'turn');
  shader.when(ix.less(numbered, e.size(mul(size.slices, tile.parts))), () => {
    const slice = tile.parts === 1 ? numbered : shader.index(ix.mod(numbered, e.size(size.slices)), 'slice');
    const tiles = tilesOf(e, tile, size.depth, tile.parts === 1 ? 0 : ix.div(numbered, e.size(size.slices)));
    const sources = sourcesOf(e, slice);
    const slots = [
      ...slotsOfA(e, tile, firstRow, sources),
      ...slotsOfB(e, tile, firstVector, sources, e.size(ceilDiv(size.columns, 4))),
    ];
    const sums = Array.from({ length: tile.rows }, () =>
      Array.from({ length: tile.vectors }, () => shader.name('acc')),
    );
    for (const name of sums.flat()) shader.line(`var ${name} = vec4<f32>();`);
    for (const { name } of slots) shader.line(`var ${name} = vec4<f32>();`);
    // What is worked on in a branch is waited for there, before the products of the tile at hand. So the last tile is read again
    // instead of none.
    const last = sources.isWorkedOn ? lastStart(tile, size.depth) : undefined;
    const fetch = (at: Ix) =>
      shader.when(last !== undefined || ix.less(at, tiles.end), () => {
        const start = last === undefined ? at : shader.index(ix.minIx(at, last), 'start');
        for (const { name, read } of slots) shader.line(`${name} = ${read(start)};`);
      });
    // A sum of nothing is 0.
    fetch(tiles.start);
    shader.loop(tiles.count, 't', (t) => {
      const buffer = tile.buffers === 1 ? 0 : ix.mod(t, 2);
      const start = {
        left: shader.index(ix.mul(buffer, vectors.left), 'left'),
        right: shader.index(ix.mul(buffer, vectors.right), 'right'),
      };
      for (const { store } of slots) store(start);
      shader.line('workgroupBarrier();');
      fetch(shader.index(ix.add(tiles.start, ix.mul(ix.add(t, 1), k)), 'next'));
      // Written out: compilers leave the loop as it is, and each of its rounds waits for its reads.
      for (let round = 0; round < k / tile.split; round++) {
        const step = shader.index(ix.add(round * tile.split, turn), 'step');
        const b = Array.from({ length: tile.vectors }, (_, v) =>
          shader.let(
            `right[${ix.text(ix.add(ix.add(start.right, ix.add(ix.mul(step, n / 4), lane)), v * lanes))}]`,
            'b',
          ),
        );
        const row = shader.index(ix.add(ix.mul(step, m + PADDING), ix.mul(line, tile.rows)), 'r');
        const elements = readA(e, tile, ix.add(start.left, ix.div(row, widthOfA(tile))));
        for (const [r, names] of sums.entries())
          for (const [v, name] of names.entries()) shader.line(`${name} += ${elements[r]} * ${b[v]};`);
      }
      if (tile.buffers === 1) shader.line('workgroupBarrier();');
    });
    if (tile.split > 1) joinTurns(e, tile, turn, sums);
    const ownVector = shader.index(ix.add(firstVector, lane), 'vector');
    shader.when(tile.split === 1 || `${turn} == 0u`, () => {
      const store = finisher(e, tile.parts === 1 ? slice : numbered);
      for (const [r, names] of sums.entries()) {
        const row = shader.index(ix.add(ix.add(firstRow, ix.mul(line, tile.rows)), r), 'row');
        for (const [v, name] of names.entries()) {
          const column = ix.mul(ix.add(ownVector, v * lanes), 4);
          store(finish.width === 1 ? componentsOf(name) : [name], row, column);
        }
      }
    });
  });
  return { workgroupSize: threadsOf(tile), workgroupBytes: stagedBytes(tile), workgroups };
}

/** Rows of A that are read at once. */
function widthOfA({ rows }: StagedTile): 2 | 4 {
  return rows % 4 === 0 ? 4 : 2;
}

function vectorOfA(tile: StagedTile): string {
  return `vec${widthOfA(tile)}<f32>`;
}

/** The elements of a thread's rows at a step. @param first vector of them */
function readA({ shader }: Emitter, tile: StagedTile, first: Ix): string[] {
  const width = widthOfA(tile);
  const vectors = Array.from({ length: tile.rows / width }, (_, i) =>
    shader.let(`left[${ix.text(ix.add(first, i))}]`, 'a'),
  );
  return Array.from({ length: tile.rows }, (_, r) => `${vectors[Math.floor(r / width)]}.${'xyzw'[r % width]}`);
}

/** Adds to the sums of the threads of the first turn those of the others, in order, so that they are the same in every run. */
function joinTurns(e: Emitter, tile: StagedTile, turn: Ix, sums: string[][]): void {
  const { shader } = e;
  const threads = threadsOf(tile) / tile.split;
  const names = sums.flat();
  shader.global(`var<workgroup> turns: array<vec4<f32>, ${(tile.split - 1) * threads * names.length}>;`);
  const at = (place: Ix, i: number) => `turns[${ix.text(ix.add(place, i * (tile.split - 1) * threads))}]`;
  shader.block(`if (${turn} > 0u)`, () => {
    const place = shader.index(ix.sub('lid', threads), 'place');
    for (const [i, name] of names.entries()) shader.line(`${at(place, i)} = ${name};`);
  });
  shader.line('workgroupBarrier();');
  shader.block(`if (${turn} == 0u)`, () => {
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
  /** Puts the variable into workgroup memory, where the operands begin at these vectors. */
  store(start: { readonly left: Ix; readonly right: Ix }): void;
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
      store({ left }) {
        const width = widthOfA(tile);
        const vector = shader.index(ix.add(ix.mul(step, (m + PADDING) / width), ix.div(own, width)), 'at');
        const place = shader.index(ix.mod(own, width), 'place');
        for (const [i, element] of componentsOf(name).entries()) {
          const at = ix.add(ix.add(left, vector), (i * (m + PADDING)) / width);
          shader.line(`left[${ix.text(at)}][${ix.text(place)}] = ${element};`);
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
      store: ({ right }) => shader.line(`right[${ix.text(ix.add(right, number))}] = ${name};`),
    };
  });
}

/** The numbers of what a thread brings of so many vectors: neighbouring threads bring neighbours. */
function numbersOf(e: Emitter, tile: StagedTile, count: number): Ix[] {
  const threads = threadsOf(tile);
  return Array.from({ length: count / threads }, (_, i) => e.shader.index(ix.add('lid', i * threads), 'number'));
}
