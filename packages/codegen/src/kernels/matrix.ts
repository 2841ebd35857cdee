// The contraction on subgroup matrices: float16 operands, sums in float32. A workgroup brings tiles of both operands through
// its memory; there its subgroups load fragments and multiply them. While a tile is computed, the next one is on its way
// into registers. The sums go through workgroup memory too, one line of fragments at a time, to where each invocation
// finishes elements.
//
// Source: the scheme of CUTLASS's tensor-core kernels, with one buffer and the next tile in registers; the sizes of tiles
// are those that were seen to be fast.

import { mul } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import type { SubgroupMatrix } from '../target.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import type { HalfSources, MatrixProblem } from './matrix-problem.ts';
import { EIGHT, linesOf, type MatrixTile, matrixOf, threadsOf, vectorsIn } from './matrix-tiles.ts';
import { emitInParts, lastStart, type Tiles, tilesOf } from './sum-parts.ts';
import { type FinishOrder, type FinishSums, placeSums } from './sums.ts';

/** Emits the sums, and the finisher's code for all of them. */
export function emitMatrix(e: Emitter, tile: MatrixTile, problem: MatrixProblem): Launch {
  return emitInParts(e, tile, EIGHT, problem, (stage, finishing) =>
    emitTile(stage, tile, { ...problem, ...finishing }),
  );
}

function emitTile(e: Emitter, tile: MatrixTile, { size, finish, sources: sourcesOf, finisher }: MatrixProblem): Launch {
  const { shader, target } = e;
  const matrix = matrixOf(target, tile);
  const { row: firstRow, column: firstColumn, numbered, workgroups } = placeSums(e, tile, size);
  requireMatrices(e, matrix);
  const place = placeSubgroup(e, tile);
  let bytes = 0;
  shader.when(ix.less(numbered, e.size(mul(size.slices, tile.parts))), () => {
    const slice = tile.parts === 1 ? numbered : shader.index(ix.mod(numbered, e.size(size.slices)), 'slice');
    const tiles = tilesOf(e, tile, size.depth, tile.parts === 1 ? 0 : ix.div(numbered, e.size(size.slices)));
    const sources = sourcesOf(e, slice);
    const { left, all } = vectorsIn(tile, sources.order);
    const last = rereadFrom(tile, size, sources);
    bytes = 16 * all;
    shader.global(`var<workgroup> memory: array<vec4<u32>, ${all}>;`);
    const slots = [
      ...slotsOfA(e, tile, firstRow, sources),
      ...slotsOfB(e, tile, firstColumn, left, sources, e.size(size.columns)),
    ];
    const sums = emitSums(e, tile, matrix, place, tiles, sources, slots, last);
    emitFinish(e, tile, matrix, place, sums, finish, finisher(e, tile.parts === 1 ? slice : numbered), [
      firstRow,
      firstColumn,
    ]);
  });
  return {
    workgroupSize: threadsOf(target, tile),
    workgroupBytes: bytes,
    workgroups,
    subgroups: target.subgroups!,
    matrices: [matrix],
  };
}

/** Tiles that a sum has at least for reading its last one again to cost less than it gains. */
const MANY_TILES = 12;

/**
 * What is worked on in a branch is waited for there, before the products of the tile at hand. So long sums read their last
 * tile again instead of none: the step at which that begins.
 */
function rereadFrom(
  tile: MatrixTile,
  { depth }: MatrixProblem['size'],
  { isWorkedOn }: HalfSources,
): number | undefined {
  const last = isWorkedOn ? lastStart(tile, depth) : undefined;
  return last !== undefined && last >= MANY_TILES * tile.k * tile.parts ? last : undefined;
}

/** Asks for subgroup matrices, and names their types `Left`, `Right` and `Sum`. */
export function requireMatrices({ shader }: Emitter, { m, n, k }: SubgroupMatrix): void {
  shader.features.add('shader-f16');
  shader.features.add('chromium-experimental-subgroup-matrix');
  // A subgroup finds its fragments by its number, which WGSL cannot know to be the same in all its invocations.
  shader.directive('diagnostic(off, chromium.subgroup_matrix_uniformity);');
  shader.global(`alias Left = subgroup_matrix_left<f16, ${k}, ${m}>;`);
  shader.global(`alias Right = subgroup_matrix_right<f16, ${n}, ${k}>;`);
  shader.global(`alias Sum = subgroup_matrix_result<f32, ${n}, ${m}>;`);
}

/** A subgroup's number in its workgroup, and where its fragments lie. */
interface SubgroupPlace {
  readonly number: Ix;
  readonly down: Ix;
  readonly across: Ix;
  readonly part: Ix;
}

function placeSubgroup(e: Emitter, { down, across, split }: MatrixTile): SubgroupPlace {
  const { shader } = e;
  const number = shader.index(ix.div('lid', e.target.subgroups!.min), 'subgroup');
  return {
    number,
    across: shader.index(ix.mod(number, across), 'across'),
    down: shader.index(ix.mod(ix.div(number, across), down), 'down'),
    part: shader.index(split === 1 ? 0 : ix.div(number, across * down), 'part'),
  };
}

/** Emits the sums of a subgroup's fragments; gives their names as [line][column]. */
function emitSums(
  e: Emitter,
  tile: MatrixTile,
  matrix: SubgroupMatrix,
  place: SubgroupPlace,
  tiles: Tiles,
  { order }: HalfSources,
  slots: readonly LoadSlot[],
  last: number | undefined,
): string[][] {
  const { shader } = e;
  const { m, n, k, split } = tile;
  const lines = linesOf(tile, order);
  const [rows, columns] = [m / tile.down, n / tile.across];
  const sums = Array.from({ length: rows / matrix.m }, () =>
    Array.from({ length: columns / matrix.n }, () => shader.name('sum')),
  );
  for (const name of sums.flat()) shader.line(`var ${name} = Sum();`);
  const leftRow = shader.index(ix.mul(ix.mul(place.down, rows), lines.left), 'l');
  const rightStart = vectorsIn(tile, order).left;
  const firstColumn = ix.mul(place.across, columns);
  const rightColumn = order === 'steps' ? ix.mul(firstColumn, lines.right) : ix.div(firstColumn, EIGHT);
  const right = shader.index(ix.add(rightColumn, rightStart), 'r');
  const multiply = () => {
    // Written out: what a fragment's loads wait for is hidden by the products of another.
    for (let round = 0; round < k / matrix.k / split; round++) {
      const step = ix.add(ix.mul(place.part, matrix.k), round * split * matrix.k);
      const fragments = sums[0]!.map((_, j) => {
        const at =
          order === 'steps'
            ? ix.add(ix.add(right, j * matrix.n * lines.right), ix.div(step, EIGHT))
            : ix.add(ix.add(right, (j * matrix.n) / EIGHT), ix.mul(step, lines.right));
        const major = order === 'steps' ? 'col_major' : 'row_major';
        return shader.let(`subgroupMatrixLoad<Right, ${major}>(&memory, ${ix.text(at)}, ${lines.right}u)`, 'b');
      });
      for (const [i, names] of sums.entries()) {
        const at = ix.add(ix.add(leftRow, i * matrix.m * lines.left), ix.div(step, EIGHT));
        const a = shader.let(`subgroupMatrixLoad<Left, row_major>(&memory, ${ix.text(at)}, ${lines.left}u)`, 'a');
        for (const [j, name] of names.entries())
          shader.line(`${name} = subgroupMatrixMultiplyAccumulate(${a}, ${fragments[j]}, ${name});`);
      }
    }
  };
  emitTiles(e, tile, tiles, slots, last, multiply);
  return sums;
}

/**
 * Emits the loop over tiles of the sum, of which the next ones are on their way into registers.
 * @param last step from which on no other tile is read, but the one there again; none where no tile is read after the last one
 */
function emitTiles(
  e: Emitter,
  { k, ahead }: MatrixTile,
  { start, end, count }: Tiles,
  slots: readonly LoadSlot[],
  last: number | undefined,
  body: () => void,
): void {
  const { shader } = e;
  const sets = Array.from({ length: ahead }, () => slots.map(() => shader.name('x')));
  for (const name of sets.flat()) shader.line(`var ${name} = vec4<u32>();`);
  const fetch = (set: readonly string[], at: Ix) =>
    shader.when(last !== undefined || ix.less(at, end), () => {
      const first = last === undefined ? at : shader.index(ix.minIx(at, last), 'start');
      for (const [i, slot] of slots.entries()) slot.fetch(set[i]!, first);
    });
  // A sum of nothing is 0.
  for (const [i, set] of sets.entries()) fetch(set, shader.index(ix.add(start, i * k), 'next'));
  shader.loop(ix.div(ix.add(count, ahead - 1), ahead), 't', (round) =>
    sets.forEach((set, i) => {
      const tile = shader.index(ix.add(ix.mul(round, ahead), i), 'tile');
      shader.when(i === 0 || ix.less(tile, count), () => {
        for (const [j, slot] of slots.entries()) slot.store(set[j]!);
        shader.line('workgroupBarrier();');
        fetch(set, shader.index(ix.add(start, ix.mul(ix.add(tile, ahead), k)), 'next'));
        body();
        shader.line('workgroupBarrier();');
      });
    }),
  );
}

/** Emits what becomes of the sums: line by line of fragments through workgroup memory, parts added in order. */
function emitFinish(
  e: Emitter,
  tile: MatrixTile,
  matrix: SubgroupMatrix,
  place: SubgroupPlace,
  sums: readonly (readonly string[])[],
  { order, width }: FinishOrder,
  finish: FinishSums,
  [firstRow, firstColumn]: readonly [Ix, Ix],
): void {
  const { shader } = e;
  const { n, down, across, split } = tile;
  const stride = linesOf(tile, 'columns').sums;
  const region = matrix.m * stride;
  const own = shader.index(ix.mul(place.number, region), 's');
  const threads = threadsOf(e.target, tile);
  const rows = down * matrix.m;
  const count = (rows * n) / width;
  const rounds = Math.ceil(count / threads);
  const finishAt = (i: number, number: Ix) => {
    const run = order === 'columns' ? ix.mod(number, n / width) : ix.div(number, rows);
    const column = shader.index(ix.mul(run, width), 'c');
    const row = shader.index(order === 'columns' ? ix.div(number, n / width) : ix.mod(number, rows), 'r');
    const [line, inLine] = [ix.div(row, matrix.m), ix.mod(row, matrix.m)];
    const inColumn = shader.index(ix.mod(column, n / across), 'c');
    const subgroup = ix.add(ix.mul(line, across), ix.div(column, n / across));
    const vector = ix.add(ix.add(ix.mul(subgroup, region), ix.mul(inLine, stride)), ix.div(inColumn, 4));
    const at = shader.index(vector, 'at');
    const sums = Array.from({ length: Math.ceil(width / 4) }, (_, four) => {
      const parts = Array.from({ length: split }, (_, part) => {
        const vector = `memory[${ix.text(ix.add(at, part * down * across * region + four))}]`;
        return width === 1
          ? `bitcast<f32>(${vector}[${ix.text(ix.mod(inColumn, 4))}])`
          : `bitcast<vec4<f32>>(${vector})`;
      });
      return shader.let(parts.join(' + '), 'sum');
    });
    const inTile = ix.add(ix.mul(line, tile.m / down), ix.add(inLine, i * matrix.m));
    finish(sums, shader.index(ix.add(firstRow, inTile), 'row'), shader.index(ix.add(firstColumn, column), 'column'));
  };
  sums.forEach((names, i) => {
    if (i > 0) shader.line('workgroupBarrier();');
    for (const [j, name] of names.entries()) {
      const at = ix.add(own, (j * matrix.n) / 4);
      shader.line(`subgroupMatrixStore<row_major>(&memory, ${ix.text(at)}, ${name}, ${stride}u);`);
    }
    shader.line('workgroupBarrier();');
    shader.loop(rounds, 'e', (round) => {
      const number = shader.index(ix.add(ix.mul(round, threads), 'lid'), 'number');
      shader.when(count % threads === 0 || ix.less(number, count), () => finishAt(i, number));
    });
  });
}

/** What an invocation brings of a tile of the sum. */
interface LoadSlot {
  /** Emits the read, into a variable, of what it is in the tile that begins at a step. */
  fetch(variable: string, start: Ix): void;
  /** Puts the variable into workgroup memory. */
  store(variable: string): void;
}

function slotsOfA(e: Emitter, tile: MatrixTile, firstRow: Ix, { a, along, order }: HalfSources): LoadSlot[] {
  const { shader } = e;
  const eights = tile.k / EIGHT;
  return slots(e, tile, tile.m * eights, (number) => {
    const row = shader.index(along === 'steps' ? ix.div(number, eights) : ix.mod(number, tile.m), 'm');
    const eighth = shader.index(along === 'steps' ? ix.mod(number, eights) : ix.div(number, tile.m), 's');
    const read = a(shader.index(ix.add(firstRow, row), 'row'));
    return {
      read: (start) => read(start, ix.mul(eighth, EIGHT)),
      at: ix.add(ix.mul(row, linesOf(tile, order).left), eighth),
    };
  });
}

function slotsOfB(e: Emitter, tile: MatrixTile, firstColumn: Ix, offset: number, sources: HalfSources, columns: Ix) {
  const { shader } = e;
  const { right } = linesOf(tile, sources.order);
  const inSteps = sources.order === 'steps';
  const eights = (inSteps ? tile.k : tile.n) / EIGHT;
  return slots(e, tile, (inSteps ? tile.n : tile.k) * eights, (number) => {
    const line = shader.index(ix.div(number, eights), 'line');
    const eighth = shader.index(ix.mod(number, eights), 's');
    const column = ix.add(firstColumn, inSteps ? line : ix.mul(eighth, EIGHT));
    const read = sources.b(shader.index(inSteps ? ix.minIx(column, ix.sub(columns, 1)) : column, 'column'));
    return {
      read: (start) => read(ix.add(start, inSteps ? ix.mul(eighth, EIGHT) : line)),
      at: ix.add(ix.add(ix.mul(line, right), eighth), offset),
    };
  });
}

/** What an invocation brings of so many vectors: neighbouring invocations bring neighbours. */
function slots(
  e: Emitter,
  tile: MatrixTile,
  count: number,
  slotOf: (number: Ix) => { readonly read: (start: Ix) => string; readonly at: Ix },
): LoadSlot[] {
  const { shader, target } = e;
  const threads = threadsOf(target, tile);
  return Array.from({ length: Math.ceil(count / threads) }, (_, i) => {
    const number = shader.index(ix.add('lid', i * threads), 'number');
    const { read, at } = slotOf(number);
    const exists = (i + 1) * threads <= count || ix.less(number, count);
    return {
      fetch: (variable, start) => shader.when(exists, () => shader.line(`${variable} = ${read(start)};`)),
      store: (variable) => shader.when(exists, () => shader.line(`memory[${ix.text(at)}] = ${variable};`)),
    };
  });
}
