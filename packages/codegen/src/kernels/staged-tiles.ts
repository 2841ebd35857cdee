// Tiles of staged contractions: which ones there are, what they take of a device, and what they cost.

import { fitsWorkgroup, type Target } from '../target.ts';
import { typical } from '../typical.ts';
import { MICROSECOND, PROCESSORS, residentGroups, sharingOf } from './large-gpu.ts';
import { joinTime, partsFor } from './sum-parts.ts';
import { groupsOf, type SumsSize } from './sums.ts';

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
  /** Tiles that workgroup memory has room for: with two, one is written while the other is still read. */
  readonly buffers: 1 | 2;
  /** Workgroups that share rows and columns: each takes tiles of the sum that follow one another. A second dispatch adds them up. */
  readonly parts: number;
}

type Shape = Omit<StagedTile, 'parts'>;

/** Every tile that is worth trying. Loads of both operands are the same number for each thread. */
const SHAPES: readonly Shape[] = [
  { m: 128, n: 256, k: 8, rows: 8, vectors: 4, split: 1, buffers: 2 },
  { m: 128, n: 128, k: 8, rows: 8, vectors: 2, split: 1, buffers: 2 },
  { m: 128, n: 128, k: 8, rows: 8, vectors: 2, split: 1, buffers: 1 },
  { m: 128, n: 64, k: 16, rows: 8, vectors: 1, split: 1, buffers: 1 },
  { m: 64, n: 128, k: 16, rows: 8, vectors: 1, split: 1, buffers: 1 },
  { m: 64, n: 64, k: 16, rows: 8, vectors: 1, split: 1, buffers: 1 },
  { m: 64, n: 64, k: 16, rows: 4, vectors: 1, split: 1, buffers: 1 },
  { m: 64, n: 32, k: 16, rows: 4, vectors: 1, split: 1, buffers: 1 },
  { m: 32, n: 64, k: 16, rows: 4, vectors: 1, split: 1, buffers: 1 },
  { m: 32, n: 64, k: 32, rows: 2, vectors: 1, split: 1, buffers: 1 },
  { m: 32, n: 32, k: 32, rows: 4, vectors: 1, split: 1, buffers: 1 },
  { m: 32, n: 32, k: 32, rows: 2, vectors: 1, split: 1, buffers: 1 },
  { m: 16, n: 64, k: 32, rows: 2, vectors: 1, split: 1, buffers: 1 },
  { m: 16, n: 32, k: 32, rows: 2, vectors: 1, split: 1, buffers: 1 },
  { m: 32, n: 64, k: 32, rows: 4, vectors: 1, split: 2, buffers: 1 },
  { m: 32, n: 32, k: 32, rows: 4, vectors: 1, split: 4, buffers: 1 },
  { m: 32, n: 32, k: 32, rows: 4, vectors: 1, split: 2, buffers: 1 },
  { m: 16, n: 64, k: 32, rows: 4, vectors: 1, split: 2, buffers: 1 },
  { m: 16, n: 64, k: 64, rows: 4, vectors: 1, split: 4, buffers: 1 },
  { m: 16, n: 32, k: 32, rows: 4, vectors: 1, split: 4, buffers: 1 },
  { m: 16, n: 32, k: 64, rows: 4, vectors: 1, split: 4, buffers: 1 },
  { m: 16, n: 32, k: 64, rows: 4, vectors: 1, split: 8, buffers: 1 },
  { m: 16, n: 16, k: 64, rows: 4, vectors: 1, split: 8, buffers: 1 },
  { m: 16, n: 16, k: 64, rows: 4, vectors: 1, split: 16, buffers: 1 },
];

/** Rows of A in workgroup memory lie this much further apart than they are long, so that a line of stores meets more banks. */
export const PADDING = 4;

export function threadsOf({ m, n, rows, vectors, split }: Shape): number {
  return (m / rows) * (n / (4 * vectors)) * split;
}

/** Bytes of workgroup memory. */
export function stagedBytes({ m, n, k, split, buffers }: Shape): number {
  return 4 * (buffers * k * (m + PADDING + n) + (split - 1) * m * n);
}

/**
 * The tiles for which a device has what they take; none on a software adapter, where no tile is worth its barriers. Sums are
 * cut into parts where there are fewer workgroups than a large GPU runs at once.
 */
export function stagedTiles(target: Target, size: SumsSize): readonly StagedTile[] {
  if (target.software) return [];
  return SHAPES.filter((tile) => fitsWorkgroup(target, threadsOf(tile), stagedBytes(tile))).flatMap((tile) =>
    partsFor(tile.k, size.depth, groupsOf(tile, size), GROUPS).map((parts) => ({ ...tile, parts })),
  );
}

/** Workgroups that are worth having. */
const GROUPS = 4 * PROCESSORS;

export interface StagedSize extends SumsSize {
  /** Whether the steps of A are read one by one, wherever they lie. */
  readonly isGathered?: boolean;
}

/** What a multiprocessor has room for: the bytes are those that fit the times, not those that it has. */
const ROOM = { bytes: 60 * 1024, groups: 32 };

/**
 * Relative time, in the unit of `tileCost`. Workgroups go through the tiles of the sum one after the other: each takes the
 * latency of its steps, and, by how many share a multiprocessor, the arithmetic of all and what all bring.
 *
 * The factors are fitted to 479 dispatches of whole networks under tactics drawn at random: docs/benchmarks.md,
 * "Contractions through workgroup memory".
 */
export function stagedCost(tile: StagedTile, size: StagedSize): number {
  const { m, n, k, split, parts } = tile;
  const threads = threadsOf(tile);
  const groups = groupsOf(tile, size) * parts;
  const resident = residentGroups({ threads, bytes: stagedBytes(tile) }, ROOM);
  const each = groups / PROCESSORS;
  // Some multiprocessors have one more than others, and all wait for them: half of that shows.
  const sharing = sharingOf((PROCESSORS * (each + Math.ceil(each))) / 2, resident);
  const waves = Math.max(each / resident, 1);
  const steps = k / split;
  const products = tile.rows * tile.vectors;
  const gathering = size.isGathered ? (0.0716 * (m + n) * k) / 4 / threads : 0;
  const latency = 0.179 + steps * (0.0109 + 0.00038 * products) + gathering;
  const arithmetic = sharing * threads * steps * products * 1.77e-5;
  const bringing = sharing * (m + n) * k * 6.4e-5;
  const finishing = 1.63 + sharing * m * n * 1.56e-4 + 0.0298 * (split - 1) * products;
  const tiles = Math.ceil(Math.ceil(typical(size.depth) / k) / parts);
  const streaming = typical(size.depth) * typical(size.columns) * typical(size.slices) * 3.5e-7;
  const working = waves * (tiles * (latency + arithmetic + bringing) + finishing) + streaming;
  return MICROSECOND * (working + joinTime(tile, size));
}
