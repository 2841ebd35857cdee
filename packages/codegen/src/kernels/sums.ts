// Sums of products that are computed in tiles, as those that cut them into workgroups and those that finish them see them.

import { ceilDiv, type Dim, mul } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';

export interface SumsSize {
  readonly rows: Dim;
  readonly columns: Dim;
  readonly slices: Dim;
  /** Steps of each sum. */
  readonly depth: Dim;
}

/** Rows and columns of a workgroup, and the parts that each sum is cut into. */
export interface SumsTile {
  readonly m: number;
  readonly n: number;
  readonly parts: number;
}

/** Where the sums of a workgroup are. */
export interface SumsPlace {
  readonly row: Ix;
  readonly column: Ix;
  /** Number of the part and of the slice in it, as [part][slice], which may be past the last one. */
  readonly numbered: Ix;
}

/** Emits where the sums of a workgroup are, of rows × columns × slices × parts; and gives how many workgroups there are. */
export function placeSums(e: Emitter, tile: SumsTile, size: SumsSize): SumsPlace & { readonly workgroups: Dim } {
  const { shader } = e;
  const { m, n, parts } = tile;
  const rowTiles = ceilDiv(size.rows, m);
  const columnTiles = ceilDiv(size.columns, n);
  const rest = shader.index(ix.div('group', e.size(rowTiles)), 'q');
  return {
    row: shader.index(ix.mul(ix.mod('group', e.size(rowTiles)), m), 'first'),
    column: shader.index(ix.mul(ix.mod(rest, e.size(columnTiles)), n), 'first'),
    numbered: shader.index(ix.div(rest, e.size(columnTiles)), 'slice'),
    workgroups: mul(mul(mul(rowTiles, columnTiles), size.slices), parts),
  };
}

/** Workgroups of one part, at typical sizes. */
export function groupsOf({ m, n }: Omit<SumsTile, 'parts'>, { rows, columns, slices }: SumsSize): number {
  return Math.ceil(typical(rows) / m) * Math.ceil(typical(columns) / n) * Math.ceil(typical(slices));
}

/** Which sums are finished at once, and which neighbouring invocations finish. */
export interface FinishOrder {
  /** Neighbours along the columns, or along the rows. */
  readonly order: 'columns' | 'rows';
  /** Columns that are finished at once, from a multiple of it on: one, or as many as vectors of four have. */
  readonly width: 1 | 4 | 8;
}

/**
 * What a kernel finishes: sums of neighbouring columns of a row, which may pass the last ones. With a width of 1 each is a
 * number, else all of them are the vectors of four that are finished at once.
 */
export type FinishSums = (sums: readonly string[], row: Ix, column: Ix) => void;

/** What becomes of sums, written with an emitter. */
export interface Finishing {
  readonly finish: FinishOrder;
  finisher(e: Emitter, slice: Ix): FinishSums;
}

export interface Sums extends Finishing {
  readonly size: SumsSize;
}

/** The numbers of a vector of four. */
export function componentsOf(vector: string): string[] {
  return ['x', 'y', 'z', 'w'].map((component) => `${vector}.${component}`);
}
