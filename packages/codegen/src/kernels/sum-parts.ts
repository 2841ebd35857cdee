// Sums that several workgroups share: each leaves its part in scratch memory, and a second dispatch adds them up, in order, so
// that the result is the same in every run.

import { ceilDiv, type Dim, mul } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { componentsOf, type Finishing, type Sums, type SumsSize } from './sums.ts';
import { SumsMemory } from './sums-memory.ts';

/** Into how many parts a sum may be cut, and tiles that each of them has at least. */
const PARTS = [1, 2, 3, 4, 6, 8];
const LEAST_TILES = 2;

const WORKGROUP = 64;

/** Microseconds between two dispatches of which one reads what the other writes, and of the second one's work. */
const JOIN_US = 2;

/** Microseconds for each sum of a part. */
const SUM_US = 1.6e-6;

/** The tiles that a sum is computed in: steps that are brought at once, and the parts that it is cut into. */
interface PartedTile {
  readonly k: number;
  readonly parts: number;
}

/**
 * Into how many parts a sum is worth cutting: where there are fewer workgroups than a large GPU runs at once.
 * @param groups workgroups of one part
 * @param most workgroups that are worth having
 */
export function partsFor(k: number, depth: Dim, groups: number, most: number): readonly number[] {
  const tiles = Math.floor(typical(depth) / k);
  return PARTS.filter((parts) => parts === 1 || (tiles >= LEAST_TILES * parts && parts <= most / groups));
}

/** Microseconds that it takes to add up the parts of all sums. */
export function joinTime({ parts }: PartedTile, { rows, columns, slices }: Omit<SumsSize, 'depth'>): number {
  return parts === 1 ? 0 : JOIN_US + typical(rows) * typical(columns) * typical(slices) * parts * SUM_US;
}

/** Tiles of the sum that a workgroup goes through. */
export interface Tiles {
  /** Step at which the first one begins, step at which the last one ends, and how many there are. */
  readonly start: Ix;
  readonly end: Ix;
  readonly count: Ix;
}

/** The tiles of a part of the sum. */
export function tilesOf(e: Emitter, { k, parts }: PartedTile, depth: Dim, part: Ix): Tiles {
  const { shader } = e;
  const all = ceilDiv(depth, k);
  if (parts === 1) return { start: 0, end: e.size(depth), count: e.size(all) };
  const each = e.size(ceilDiv(all, parts));
  const first = shader.index(ix.mul(part, each), 'first');
  const past = shader.index(ix.minIx(ix.add(first, each), e.size(all)), 'past');
  const start = shader.index(ix.mul(first, k), 'start');
  // The last parts may have none.
  const count = shader.index(ix.sub(past, ix.minIx(first, past)), 'tiles');
  return { start, end: shader.index(ix.minIx(ix.mul(past, k), e.size(depth)), 'end'), count };
}

/** The step at which the last tile of all begins, if it is known and there is one. */
export function lastStart({ k }: PartedTile, depth: Dim): number | undefined {
  return typeof depth === 'number' && depth > 0 ? (Math.ceil(depth / k) - 1) * k : undefined;
}

/**
 * Emits sums and what becomes of them, in two stages where they are cut into parts.
 * @param width columns that the first stage leaves at once
 * @param emit the sums of all parts, whose slices are numbered as [part][slice]
 */
export function emitInParts(
  e: Emitter,
  tile: PartedTile,
  width: 4 | 8,
  sums: Sums,
  emit: (e: Emitter, finishing: Finishing) => Launch,
): Launch {
  if (tile.parts === 1) return emit(e, sums);
  const { slices } = sums.size;
  const parts = new SumsMemory(e, { ...sums.size, slices: mul(slices, tile.parts) }, width);
  const first = e.stage();
  const launch = emit(first, {
    finish: { order: 'columns', width },
    finisher: (_, slice) => parts.storer(first, slice),
  });
  return { ...emitJoin(e, tile.parts, parts, sums), before: { emitter: first, launch } };
}

/** Emits what adds up the parts of a run, or of four columns that are finished one by one, and finishes the sums. */
function emitJoin(
  e: Emitter,
  count: number,
  parts: SumsMemory,
  { size, finish: { width, order }, finisher }: Sums,
): Launch {
  const { shader } = e;
  const columns = Math.max(width, 4);
  const runs = ceilDiv(size.columns, columns);
  const all = mul(mul(size.slices, size.rows), runs);
  const number = shader.index(ix.add(ix.mul('group', WORKGROUP), 'lid'), 'number');
  shader.when(ix.less(number, e.size(all)), () => {
    const [inner, outer] = order === 'columns' ? [runs, size.rows] : [size.rows, runs];
    const first = shader.index(ix.mod(number, e.size(inner)), 'c');
    const rest = shader.index(ix.div(number, e.size(inner)), 'q');
    const second = shader.index(ix.mod(rest, e.size(outer)), 'c');
    const slice = shader.index(ix.div(rest, e.size(outer)), 'slice');
    const [run, row] = order === 'columns' ? [first, second] : [second, first];
    const column = shader.index(ix.mul(run, columns), 'column');
    const vectors = e.scratchWords(parts.memory, 'vec4<f32>');
    const starts = Array.from({ length: count }, (_, part) => {
      const numbered = ix.add(slice, ix.mul(part, e.size(size.slices)));
      return shader.index(parts.vectorAt(e, numbered, row, column), 'at');
    });
    const sums = Array.from({ length: columns / 4 }, (_, i) =>
      shader.let(starts.map((start) => vectors.read(ix.add(start, i))).join(' + '), 'sum'),
    );
    finisher(e, slice)(width === 1 ? sums.flatMap(componentsOf) : sums, row, column);
  });
  return { workgroupSize: WORKGROUP, workgroups: ceilDiv(all, WORKGROUP) };
}
