// Tiles of contractions on subgroup matrices: which ones there are, what they take of a device, and what they cost.

import type { Dim } from '@trtx/ir';
import { fitsWorkgroup, MEMORY_SPEED, type SubgroupMatrix, type Target } from '../target.ts';
import { typical } from '../typical.ts';

export interface MatrixTile {
  /** Rows and columns of a workgroup, and steps of the sum that are brought at once. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Subgroups that lie along the rows, and along the columns. */
  readonly down: number;
  readonly across: number;
  /** Subgroups that share rows and columns: each takes every so manieth step of fragments. */
  readonly split: number;
  /** Columns of a fragment. */
  readonly columns: number;
}

type Shape = Omit<MatrixTile, 'columns'>;

/** Every tile that is worth trying. */
const SHAPES: readonly Shape[] = [
  { m: 128, n: 128, k: 32, down: 2, across: 2, split: 1 },
  { m: 128, n: 64, k: 32, down: 2, across: 2, split: 1 },
  { m: 64, n: 128, k: 64, down: 2, across: 4, split: 1 },
  { m: 64, n: 64, k: 64, down: 2, across: 2, split: 1 },
  { m: 64, n: 64, k: 32, down: 2, across: 2, split: 1 },
  { m: 64, n: 32, k: 64, down: 2, across: 1, split: 2 },
  { m: 32, n: 64, k: 64, down: 2, across: 4, split: 1 },
  { m: 32, n: 64, k: 32, down: 2, across: 2, split: 1 },
  { m: 32, n: 64, k: 64, down: 1, across: 2, split: 2 },
  { m: 32, n: 32, k: 64, down: 1, across: 1, split: 4 },
  { m: 32, n: 32, k: 128, down: 1, across: 2, split: 4 },
  { m: 32, n: 32, k: 128, down: 1, across: 1, split: 8 },
  { m: 16, n: 64, k: 64, down: 1, across: 2, split: 2 },
  { m: 16, n: 64, k: 64, down: 1, across: 2, split: 4 },
  { m: 16, n: 32, k: 64, down: 1, across: 1, split: 4 },
  { m: 16, n: 32, k: 128, down: 1, across: 1, split: 4 },
  { m: 16, n: 32, k: 128, down: 1, across: 1, split: 8 },
  { m: 16, n: 32, k: 256, down: 1, across: 1, split: 8 },
  { m: 16, n: 16, k: 256, down: 1, across: 1, split: 8 },
];

/** Halves in a vector of words, the unit in which operands are moved. */
export const EIGHT = 8;

/** Lines, columns and steps of a fragment. */
const FRAGMENT = 16;

/** Vectors by which lines in workgroup memory are longer than what lies in them, so that their stores meet more banks. */
export const PADDING = 1;

/** What follows one another in the lines of B that are brought: columns, or steps of the sum. */
export type LineOrder = 'columns' | 'steps';

/** The products of subgroup matrices that these kernels are made of, the preferred one first. */
export function matricesOf({ matrices, subgroups, features }: Target): readonly SubgroupMatrix[] {
  if (!subgroups || subgroups.min !== subgroups.max || !features.has('shader-f16')) return [];
  return matrices
    .filter(({ m, k, operand, result }) => operand === 'f16' && result === 'f32' && m === 16 && k === 16)
    .filter(({ n }) => n === 16 || n === 8)
    .sort((a, b) => b.n - a.n);
}

export function matrixOf(target: Target, { columns }: MatrixTile): SubgroupMatrix {
  return matricesOf(target).find(({ n }) => n === columns)!;
}

function subgroupsOf({ down, across, split }: Shape): number {
  return down * across * split;
}

export function threadsOf(target: Target, tile: Shape): number {
  return subgroupsOf(tile) * target.subgroups!.min;
}

/** The vectors of a line of A, of a line of B and of a line of a subgroup's sums, with padding. */
export function linesOf({ n, k, across }: Shape, order: LineOrder) {
  return {
    left: k / EIGHT + PADDING,
    right: (order === 'steps' ? k : n) / EIGHT + PADDING,
    sums: n / across / 4 + PADDING,
  };
}

/** Vectors of workgroup memory: both operands, and afterwards the sums of a line of fragments of each subgroup. */
export function vectorsIn(tile: Shape, order: LineOrder): { left: number; all: number } {
  const { left, right, sums } = linesOf(tile, order);
  const operands = tile.m * left + (order === 'steps' ? tile.n : tile.k) * right;
  return { left: tile.m * left, all: Math.max(operands, subgroupsOf(tile) * 16 * sums) };
}

/** Bytes of workgroup memory. */
function matrixBytes(tile: Shape, order: LineOrder): number {
  return 16 * vectorsIn(tile, order).all;
}

/** The tiles for which a device has what they take; none without subgroup matrices. Of two shapes of fragments the wider one was never slower. */
export function matrixTiles(target: Target): readonly MatrixTile[] {
  const [matrix] = matricesOf(target);
  if (!matrix) return [];
  return SHAPES.filter((tile) => {
    const bytes = Math.max(matrixBytes(tile, 'columns'), matrixBytes(tile, 'steps'));
    return (tile.n / tile.across) % matrix.n === 0 && fitsWorkgroup(target, threadsOf(target, tile), bytes);
  }).map((tile) => ({ ...tile, columns: matrix.n }));
}

export interface MatrixSize {
  readonly rows: Dim;
  readonly columns: Dim;
  readonly slices: Dim;
  readonly depth: Dim;
}

/** Multiprocessors of a large GPU, and what each has for the workgroups that it runs at once, for the cost model. */
const PROCESSORS = 132;
const PROCESSOR = { threads: 2048, bytes: 48 * 1024, groups: 8 };
/** Bytes of workgroup memory that a workgroup takes beside those that it asks for. */
const OWN_BYTES = 1024;
/** Of `tileCost`, for one microsecond: what direct contractions were seen to take. */
const MICROSECOND = 1.3e6;

/**
 * Relative time, in the unit of `tileCost`. Workgroups go through the tiles of the sum one after the other; each tile takes
 * the latency of its steps, or what it brings and multiplies by how many workgroups share a multiprocessor.
 *
 * The factors are fitted to 266 measured times: docs/benchmarks.md, "float16 on subgroup matrices".
 */
export function matrixCost(target: Target, tile: MatrixTile, { rows, columns, slices, depth }: MatrixSize): number {
  const { m, n, k, down, across, split } = tile;
  const groups = Math.ceil(typical(rows) / m) * Math.ceil(typical(columns) / n) * Math.ceil(typical(slices));
  const resident = Math.min(
    Math.floor(PROCESSOR.threads / threadsOf(target, tile)),
    Math.floor(PROCESSOR.bytes / (matrixBytes(tile, 'columns') + OWN_BYTES)),
    PROCESSOR.groups,
  );
  const sharing = Math.max(Math.min(groups / PROCESSORS, resident), 1);
  const waves = Math.max(groups / (PROCESSORS * Math.max(resident, 1)), 1);
  const products = (m * n * k) / (FRAGMENT ** 3 * down * across * split);
  const latency = 0.2 + 0.018 * products;
  const bringing = sharing * (m + n) * k * 3.5e-5;
  const multiplying = sharing * m * n * k * 4.8e-7;
  const finishing = 1 + sharing * m * n * (6 + 3.6 * split) * 1e-5;
  const tiles = Math.ceil(typical(depth) / k);
  const fitted = waves * (tiles * Math.max(latency, bringing + multiplying) + finishing);
  // What was measured was in caches. While a workgroup waits for a tile, it reads no other.
  const reading = (3 * typical(columns) * typical(slices) * typical(depth)) / MEMORY_SPEED;
  return MICROSECOND * Math.max(fitted, reading + 0.1 * fitted);
}
