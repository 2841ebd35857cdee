// Tiles of contractions on subgroup matrices: which ones there are, what they take of a device, and what they cost.

import { fitsWorkgroup, type SubgroupMatrix, type Target } from '../target.ts';
import { typical } from '../typical.ts';
import { MICROSECOND, PROCESSORS, residentGroups, sharingOf } from './large-gpu.ts';
import { joinTime, partsFor } from './sum-parts.ts';
import { groupsOf, type SumsSize } from './sums.ts';

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
  /** Tiles of the sum that are on their way while one is computed. */
  readonly ahead: 1 | 2;
  /** Workgroups that share rows and columns: each takes tiles of the sum that follow one another. A second dispatch adds them up. */
  readonly parts: number;
}

type Shape = Omit<MatrixTile, 'columns' | 'ahead' | 'parts'>;

/** Every tile that is worth trying. */
const SHAPES: readonly Shape[] = [
  { m: 128, n: 256, k: 32, down: 2, across: 4, split: 1 },
  { m: 128, n: 128, k: 32, down: 2, across: 2, split: 1 },
  { m: 128, n: 64, k: 32, down: 2, across: 2, split: 1 },
  { m: 64, n: 128, k: 64, down: 2, across: 4, split: 1 },
  { m: 64, n: 64, k: 64, down: 2, across: 2, split: 1 },
  { m: 64, n: 64, k: 32, down: 2, across: 2, split: 1 },
  { m: 64, n: 32, k: 64, down: 2, across: 1, split: 2 },
  { m: 32, n: 64, k: 128, down: 2, across: 2, split: 2 },
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

/** Tiles that may be on their way. */
const AHEAD = [2, 1] as const;

/** Vectors that an invocation may have on their way: of larger tiles two would take the registers of the sums. */
const MOST_ON_THE_WAY = 16;

/** Registers that the sums of a workgroup and what is on its way may take: of 65,536 the others have addresses. */
const MOST_REGISTERS = 40_000;

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

/**
 * The tiles for which a device has what they take; none without subgroup matrices. Of two shapes of fragments the wider one
 * was never slower. Sums are cut into parts where there are fewer workgroups than a large GPU runs at once.
 */
export function matrixTiles(target: Target, size: MatrixSize): readonly MatrixTile[] {
  const [matrix] = matricesOf(target);
  if (!matrix) return [];
  return SHAPES.filter((tile) => {
    const bytes = Math.max(matrixBytes(tile, 'columns'), matrixBytes(tile, 'steps'));
    return (tile.n / tile.across) % matrix.n === 0 && fitsWorkgroup(target, threadsOf(target, tile), bytes);
  }).flatMap((tile) =>
    partsFor(tile.k, size.depth, groupsOf(tile, size), 2 * PROCESSORS).flatMap((parts) =>
      AHEAD.filter((ahead) => ahead === 1 || hasRoomFor(target, tile, ahead)).map((ahead) => ({
        ...tile,
        columns: matrix.n,
        ahead,
        parts,
      })),
    ),
  );
}

function hasRoomFor(target: Target, tile: Shape, ahead: number): boolean {
  const vectors = ahead * loadsOf(target, tile);
  const registers = tile.m * tile.n * tile.split + 4 * vectors * threadsOf(target, tile);
  return vectors <= MOST_ON_THE_WAY && registers <= MOST_REGISTERS;
}

/** Vectors that an invocation brings of a tile of the sum. */
function loadsOf(target: Target, tile: Shape): number {
  return ((tile.m + tile.n) * tile.k) / EIGHT / threadsOf(target, tile);
}

export interface MatrixSize extends SumsSize {
  /** Whether the steps of A are read one by one, wherever they lie. */
  readonly isGathered?: boolean;
  /** Whether B is weights, which a network comes back to so late that no cache has them any more. */
  readonly hasWeights?: boolean;
  /** Bits of a weight: 16 where it says nothing. */
  readonly bits?: number;
}

/** What a multiprocessor has room for: the bytes are those that fit the times, not those that it has. */
const ROOM = { bytes: 48 * 1024, groups: 8 };

/** Microseconds that a tile waits for what it is made of, with one or two tiles on their way. */
const LATENCY_US = { weights: { 1: 0.85, 2: 0.7 }, cached: { 1: 0.51, 2: 0.27 } } as const;

/**
 * Relative time, in the unit of `tileCost`. Workgroups go through the tiles of the sum one after the other; each tile takes
 * the latency of its steps, or what it brings and multiplies by how many workgroups share a multiprocessor.
 *
 * The factors are fitted to 532 dispatches of profiles of whole networks, but for what a tile waits for weights, which is read
 * off the profiles of long sums: docs/benchmarks.md, "float16 on subgroup matrices".
 */
export function matrixCost(target: Target, tile: MatrixTile, size: MatrixSize): number {
  const { m, n, k, down, across, split, ahead, parts } = tile;
  const groups = groupsOf(tile, size) * parts;
  const resident = residentGroups({ threads: threadsOf(target, tile), bytes: matrixBytes(tile, 'columns') }, ROOM);
  const sharing = sharingOf(groups, resident);
  const waves = Math.ceil(groups / (PROCESSORS * resident));
  const products = (m * n * k) / (FRAGMENT ** 3 * down * across * split);
  const waiting = LATENCY_US[size.hasWeights ? 'weights' : 'cached'][ahead];
  const latency = waiting + 0.0385 * products + (size.isGathered ? 0.55 * loadsOf(target, tile) : 0);
  const bringing = sharing * (m + n) * k * 6.8e-5;
  const multiplying = sharing * m * n * k * 1e-7;
  const finishing = 0.7 + sharing * m * n * 1.05e-4;
  const tiles = Math.ceil(Math.ceil(typical(size.depth) / k) / parts);
  const weights = size.hasWeights ? typical(size.depth) * typical(size.columns) * typical(size.slices) : 0;
  const streaming = (weights * 1.2e-6 * (size.bits ?? 16)) / 16;
  const working = waves * (tiles * Math.max(latency, bringing + multiplying) + finishing);
  return MICROSECOND * (working + joinTime(tile, size) + streaming);
}
