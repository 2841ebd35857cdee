// Tile shapes of the contraction kernels and the model that chooses among them without a measurement.

import type { Dim } from '@trtx/ir';
import { PARALLELISM, rounds, type Target } from '../target.ts';
import { typical } from '../typical.ts';
import { type Tile, WORKGROUP } from './contraction.ts';

/** Every tile shape that is worth trying. */
export const TILES: readonly Tile[] = [64, 16, 4, 1].flatMap((lanes) =>
  [
    [1, 1],
    [2, 1],
    [4, 1],
    [2, 2],
    [4, 2],
    [8, 1],
    [8, 2],
  ].map(([rows, vectors]): Tile => ({ rows: rows!, vectors: vectors!, lanes })),
);

/**
 * Relative time of a tiled contraction: what is computed, padding included, over how well a thread's registers are used
 * and how much of the device the threads fill. `depth` is the length of the sum.
 */
export function tileCost(
  target: Target,
  tile: Tile,
  /** What follows one another in the memory of A: its rows, or the steps of the sum, of which four are read at once. */
  order: 'rows' | 'steps',
  rows: Dim,
  vectors: number | Dim,
  slices: Dim,
  depth: Dim,
): number {
  const m = typical(rows);
  const n = typical(vectors);
  const threadsAlongColumns = WORKGROUP / tile.lanes;
  const paddedRows = Math.ceil(m / (tile.lanes * tile.rows)) * tile.lanes * tile.rows;
  const paddedVectors = Math.ceil(n / (threadsAlongColumns * tile.vectors)) * threadsAlongColumns * tile.vectors;
  const threads = (paddedRows / tile.rows) * (paddedVectors / tile.vectors) * typical(slices);
  // Loads and multiplications of one step of the sum in one thread, in units of a scalar load.
  const step = tile.rows + 1.5 * tile.vectors + (target.software ? 1.2 : 0.6) * tile.rows * tile.vectors;
  // Lanes that do not run along the rows read one row together, and their columns far apart.
  const scattered = target.software || order === 'steps' ? 1 : 1 + 0.15 * Math.log2(WORKGROUP / tile.lanes);
  // As measured: docs/benchmarks.md, "Formats of convolutions". Few threads wait for memory less often if they read four at
  // once; many of them read whole lines together if their neighbours in memory are each other's.
  const fill = Math.min((m * n * typical(slices)) / PARALLELISM, 1);
  const reads = order === 'rows' ? 1 : target.software ? 1.25 : 0.4 + 1.2 * fill;
  return rounds(target, threads) * step * scattered * reads * typical(depth);
}
