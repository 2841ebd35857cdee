// What each reduction computes of a row of elements, in float64, and which axes its rows lie along.

import { bitWidth, type DType, isFloat, isUnsigned } from '@trtx/ir';
import { EXACT, FUNCTION, type Tolerance, toType } from './float64.ts';
import type { Attributes, Range } from './pointwise-oracles.ts';

/**
 * How an op is told its axes, and what else it takes:
 *   axes      input 1, with `keepdims` and `noop_with_empty_axes`
 *   place     attribute `axis`, with `keepdims`
 *   along     attribute `axis`; the result is whole
 *   trailing  all from attribute `axis` on, with a scale and perhaps a bias for each element of the row
 *   spatial   all from the third on
 *   channel   all from the third on, with a scale and a bias for each channel
 *   groups    those, and the channels of a group, of which `num_groups` tells how many there are
 */
export type Geometry = 'axes' | 'place' | 'along' | 'trailing' | 'spatial' | 'channel' | 'groups';

export interface ReductionOracle {
  readonly geometry: Geometry;
  /** The result of a row, or, where that is whole, one for each of its elements. */
  of(row: readonly number[], attributes: Attributes, dtype: DType): number | readonly number[];
  /** Of float results; others are exact. */
  tolerance(row: readonly number[]): Tolerance;
  readonly floats?: Range;
  readonly integers?: Range;
  /** Attributes other than axes, in turn. */
  readonly attributes?: readonly Attributes[];
  /** Whether it cannot be done without an element, or not on the GPU. */
  needsElements?(dtype: DType): boolean;
  /** Type of the result; that of the input by default. */
  readonly result?: DType;
  /** Operands after the input, of `trailing` and `channel`. */
  readonly operands?: number;
}

const sum = (row: readonly number[]) => row.reduce((a, b) => a + b, 0);
const square = (x: number) => x * x;

/** A sum's error grows with the root of its length; its terms' root sum of squares is how large it mostly is. */
const ofSum =
  (term: (x: number) => number) =>
  (row: readonly number[]): Tolerance => ({
    rtol: Math.max(1e-5, 1e-6 * Math.sqrt(row.length)),
    atol: 1e-5 * Math.sqrt(sum(row.map((x) => square(term(x))))),
  });
const plain = ofSum((x) => x);
const always = (tolerance: Tolerance) => () => tolerance;

const mean = (row: readonly number[], dtype: DType) => (row.length || isFloat(dtype) ? sum(row) / row.length : 0);

/** The largest element; of none, the least number of the type. */
function largest(row: readonly number[], dtype: DType): number {
  if (row.length > 0) return Math.max(...row);
  return isFloat(dtype) ? Number.NEGATIVE_INFINITY : lowest(dtype);
}

function smallest(row: readonly number[], dtype: DType): number {
  if (row.length > 0) return Math.min(...row);
  return isFloat(dtype) ? Number.POSITIVE_INFINITY : dtype === 'bool' ? 1 : toType(-1 - lowest(dtype), dtype);
}

const lowest = (dtype: DType) => (isUnsigned(dtype) || dtype === 'bool' ? 0 : -(2 ** (bitWidth(dtype) - 1)));

/** Where the ends of the type's range are beyond what the GPU has. */
const isWide = (dtype: DType) => dtype === 'int64';

/** Where the best element is; NaN is better than any number. */
const place =
  (best: (row: readonly number[]) => number): ReductionOracle['of'] =>
  (row, { select_last_index: last }) => {
    const isBest = (x: number) => Object.is(x + 0, best(row) + 0);
    return last ? row.findLastIndex(isBest) : row.findIndex(isBest);
  };

/** The logarithm of the sum of exponentials. */
function logSumExp(row: readonly number[]): number {
  const most = Math.max(...row);
  return most + Math.log(sum(row.map((x) => Math.exp(x - most))));
}

const norm = (row: readonly number[], p: number) => sum(row.map((x) => Math.abs(x) ** p)) ** (1 / p);

const variance = (row: readonly number[], about: number) => sum(row.map((x) => square(x - about))) / row.length;

const centered = (row: readonly number[], { epsilon }: Attributes) => {
  const middle = sum(row) / row.length;
  const factor = 1 / Math.sqrt(variance(row, middle) + Math.fround(epsilon as number));
  return row.map((x) => (x - middle) * factor);
};

/** What is taken off the mean loses as many digits as the mean is larger than what is left. */
const ofCentered = (row: readonly number[]): Tolerance => {
  const deviation = Math.sqrt(variance(row, sum(row) / row.length) + 1e-5);
  return { rtol: 1e-5, atol: 1e-6 * Math.max(2, Math.max(...row.map(Math.abs)) / deviation) };
};

const EPSILONS: readonly Attributes[] = [{ epsilon: 1e-5 }, { epsilon: 0.01 }];
const LAST = [{ select_last_index: 0 }, { select_last_index: 1 }];
/** Few different numbers, so that some are equal. */
const FEW: Range = [-3, 4];

export const REDUCTIONS: Readonly<Record<string, ReductionOracle>> = {
  ReduceSum: { geometry: 'axes', of: sum, tolerance: plain },
  ReduceProd: {
    geometry: 'axes',
    of: (row, _, dtype) => row.reduce((a, b) => (isFloat(dtype) ? a * b : toType(a * b, dtype)), 1),
    tolerance: (row) => ({ rtol: Math.max(1e-5, 1e-6 * Math.sqrt(row.length)), atol: 0 }),
    floats: [0.8, 1.2],
    integers: [-1, 2],
  },
  ReduceMin: {
    geometry: 'axes',
    of: (row, _, dtype) => smallest(row, dtype),
    tolerance: always(EXACT),
    needsElements: isWide,
  },
  ReduceMax: {
    geometry: 'axes',
    of: (row, _, dtype) => largest(row, dtype),
    tolerance: always(EXACT),
    needsElements: isWide,
  },
  ReduceMean: { geometry: 'axes', of: (row, _, dtype) => mean(row, dtype), tolerance: plain },
  ReduceL1: { geometry: 'axes', of: (row) => sum(row.map(Math.abs)), tolerance: plain },
  ReduceL2: { geometry: 'axes', of: (row) => Math.sqrt(sum(row.map(square))), tolerance: plain },
  ReduceSumSquare: { geometry: 'axes', of: (row) => sum(row.map(square)), tolerance: ofSum(square) },
  ReduceLogSum: {
    geometry: 'axes',
    of: (row) => Math.log(sum(row)),
    tolerance: always(FUNCTION),
    floats: [0.1, 4],
  },
  ReduceLogSumExp: {
    geometry: 'axes',
    of: (row) => (Number.isFinite(Math.max(...row)) ? logSumExp(row) : Math.max(...row)),
    tolerance: always(FUNCTION),
    floats: [-20, 20],
  },
  ArgMax: {
    geometry: 'place',
    of: place((row) => Math.max(...row)),
    tolerance: always(EXACT),
    integers: FEW,
    attributes: LAST,
    needsElements: () => true,
    result: 'int64',
  },
  ArgMin: {
    geometry: 'place',
    of: place((row) => Math.min(...row)),
    tolerance: always(EXACT),
    integers: FEW,
    attributes: LAST,
    needsElements: () => true,
    result: 'int64',
  },
  Softmax: {
    geometry: 'along',
    of: (row) => row.map((x) => Math.exp(x - logSumExp(row))),
    tolerance: always(FUNCTION),
    floats: [-10, 10],
  },
  LogSoftmax: {
    geometry: 'along',
    of: (row) => row.map((x) => x - logSumExp(row)),
    tolerance: always(FUNCTION),
    floats: [-10, 10],
  },
  Hardmax: {
    geometry: 'along',
    of: (row) => row.map((_, i) => Number(i === place((all) => Math.max(...all))(row, {}, 'float32'))),
    tolerance: always(EXACT),
  },
  LpNormalization: {
    geometry: 'along',
    of: (row, { p }) => row.map((x) => (norm(row, p as number) === 0 ? 0 : x / norm(row, p as number))),
    tolerance: always(FUNCTION),
    attributes: [{ p: 1 }, { p: 2 }],
  },
  LayerNormalization: {
    geometry: 'trailing',
    of: centered,
    tolerance: ofCentered,
    attributes: EPSILONS,
    operands: 2,
  },
  RMSNormalization: {
    geometry: 'trailing',
    of: (row, { epsilon }) => row.map((x) => x / Math.sqrt(variance(row, 0) + Math.fround(epsilon as number))),
    tolerance: always(FUNCTION),
    attributes: EPSILONS,
    operands: 1,
  },
  InstanceNormalization: {
    geometry: 'channel',
    of: centered,
    tolerance: ofCentered,
    attributes: EPSILONS,
    operands: 2,
  },
  GroupNormalization: {
    geometry: 'groups',
    of: centered,
    tolerance: ofCentered,
    attributes: EPSILONS,
    operands: 2,
  },
  GlobalAveragePool: { geometry: 'spatial', of: (row, _, dtype) => mean(row, dtype), tolerance: plain },
  GlobalMaxPool: { geometry: 'spatial', of: (row, _, dtype) => largest(row, dtype), tolerance: always(EXACT) },
  GlobalLpPool: {
    geometry: 'spatial',
    of: (row, { p }) => norm(row, p as number),
    tolerance: plain,
    attributes: [{ p: 1 }, { p: 2 }, { p: 3 }],
  },
};
