// How products of a few rows are cut up: which ways there are, and what they cost.

import { ceilDiv, type Dim } from '@trtx/ir';
import { fitsWorkgroup, type Target } from '../target.ts';
import { typical } from '../typical.ts';
import { INVOCATIONS, MEMORY_SPEED, MICROSECOND } from './large-gpu.ts';
import { subgroupOf } from './subgroup.ts';

/** Rows of A at most: with more of them products are not what takes the time, but reading the weights no longer either. */
export const MOST_ROWS = 8;

/** What follows one another in the memory of the weights: steps of the sum, or columns. */
export type WeightOrder = 'steps' | 'columns';

export interface GemvTile {
  readonly order: WeightOrder;
  /** Invocations that share the sums of some columns. */
  readonly lanes: number;
  /** Columns whose sums they share. */
  readonly columns: number;
  /** Invocations of a workgroup. */
  readonly threads: number;
  /** Vectors of each column that an invocation has on their way at once; where columns lie side by side, steps. */
  readonly unroll: number;
}

export interface GemvSize {
  /** At most. */
  readonly rows: number;
  readonly columns: Dim;
  readonly slices: Dim;
  readonly depth: Dim;
  readonly order: WeightOrder;
  /** Weights that are read at once, as a vector of 16 bytes. */
  readonly vector: number;
  /** Of codes: bytes that are read of a row for each vector of them, and of their scales. */
  readonly codes?: { readonly rowBytes: number; readonly scaleBytes: number };
}

/** Sums that an invocation may have in registers, and vectors of weights on their way. */
const MOST_SUMS = { numbers: 8, codes: 16 };
const MOST_ON_THE_WAY = 8;

const STEPS: Shape = { lanes: [8, 32, 128], columns: [1, 2, 4], threads: [128, 512], unroll: [1, 2, 3, 4, 8] };
/** Of codes: what rows are worked on is worth more columns, and a vector of codes takes longer than one of numbers. */
const CODES: Shape = { lanes: [4, 8, 16, 32, 128], columns: [1, 2, 4, 8], threads: [128, 256], unroll: [1, 2, 4] };
const COLUMNS: Omit<Shape, 'columns'> = { lanes: [4, 16, 64], threads: [64, 256], unroll: [2, 4, 8] };

type Shape = { readonly [K in keyof Omit<GemvTile, 'order'>]: readonly number[] };

/** Columns of a workgroup. */
export function columnsOf({ lanes, columns, threads }: GemvTile): number {
  return (threads / lanes) * columns;
}

/** Invocations whose sums are joined by their subgroup: 1 where kernels may not count on its size. */
export function joinedOf(target: Target, { order, lanes }: GemvTile): number {
  return order === 'steps' ? Math.min(subgroupOf(target) ?? 1, lanes) : 1;
}

/** Sums that pass through workgroup memory. */
export function partsOf(target: Target, tile: GemvTile, rows: number): number {
  return (tile.lanes / joinedOf(target, tile)) * rows * columnsOf(tile);
}

/** The ways that a device can go; none on a software adapter, which has no invocations to spare for a sum. */
export function gemvTiles(target: Target, size: GemvSize): readonly GemvTile[] {
  if (target.software) return [];
  const { rows, order, vector, codes } = size;
  const shape = codes ? CODES : order === 'steps' ? STEPS : { ...COLUMNS, columns: [vector] };
  const reads = readsOf(size);
  const tiles = shape.threads.flatMap((threads) =>
    shape.lanes.flatMap((lanes) =>
      shape.columns.flatMap((columns) => shape.unroll.map((unroll) => ({ order, lanes, columns, threads, unroll }))),
    ),
  );
  const fitting = tiles.filter((tile) => fitsWorkgroup(target, tile.threads, 4 * partsOf(target, tile, rows)));
  const least = Math.min(...shape.lanes);
  const useful = fitting.filter(({ lanes, columns, unroll }) => {
    // None has nothing to read.
    if (lanes > Math.max(reads, least)) return false;
    if (order === 'columns') return unroll === 2 || lanes * unroll <= 2 * reads;
    const most = codes ? MOST_SUMS.codes : MOST_SUMS.numbers;
    if (rows * columns > most || columns * unroll > MOST_ON_THE_WAY) return false;
    return unroll === 1 || lanes * unroll < reads + lanes;
  });
  return useful.length > 0 ? useful : fitting.slice(0, 1);
}

/** Reads of the weights of a column, or of some columns side by side. */
function readsOf({ depth, order, vector }: GemvSize): number {
  return typical(order === 'steps' ? ceilDiv(depth, vector) : depth);
}

/** Bytes that the caches of a large GPU give in a microsecond, and instructions that it does, for the cost model. */
const CACHE = 25e6;
const INSTRUCTIONS = 33e6;

/**
 * Relative time, in the unit of `tileCost`: what the weights take from memory, what they and the rows take from caches, and
 * what the reads of an invocation wait for one another; and what making numbers of codes takes. The longest counts most.
 */
export function gemvCost(target: Target, tile: GemvTile, size: GemvSize): number {
  const { rows, order } = size;
  const { lanes, columns, threads, unroll } = tile;
  const slices = typical(size.slices);
  const groups = Math.ceil(typical(size.columns) / columnsOf(tile)) * slices;
  const reads = readsOf(size);
  const vectors = (typical(size.columns) / (order === 'steps' ? 1 : size.vector)) * reads * slices;
  const { rowBytes, scaleBytes } = size.codes ?? { rowBytes: 16, scaleBytes: 0 };
  const memory = (vectors * (16 + scaleBytes)) / MEMORY_SPEED;
  // Of columns that lie side by side all that share a step read one element of each row.
  const cached = (vectors * (16 + scaleBytes + rowBytes * (order === 'steps' ? rows / columns : rows / 4))) / CACHE;
  // A code becomes a number once; the elements of a row do so for some columns, and are scaled.
  const working = size.codes ? (vectors * size.vector * (3.5 + rows * (1 + 2 / columns))) / INSTRUCTIONS : 0;
  const whole = Math.floor(reads / (lanes * unroll));
  const rest = Math.ceil((reads - whole * lanes * unroll) / lanes);
  const room = size.codes ? INVOCATIONS * Math.min(32 / registersOf(tile, rows), 1) : INVOCATIONS;
  const waves = Math.max((groups * threads) / room, 1);
  const onTheWay = unroll * (order === 'steps' ? columns : 1);
  const waiting = waves * (whole * (0.6 + 0.03 * onTheWay) + rest * 0.6);
  const parts = lanes / joinedOf(target, tile);
  const joining = 0.1 + 0.01 * parts * Math.ceil((rows * columnsOf(tile)) / threads);
  return MICROSECOND * ((memory ** 3 + cached ** 3 + waiting ** 3 + working ** 3) ** (1 / 3) + joining);
}

/** Registers that an invocation takes of codes, about: of 32 each as many as there is room for run at once. */
function registersOf({ columns, unroll }: GemvTile, rows: number): number {
  return 40 + columns * (4 * unroll + 8 + 5 * rows);
}
