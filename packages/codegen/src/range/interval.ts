// Arithmetic on intervals: between which numbers a result is, given between which its operands are. Floats have room for
// rounding. NaN is in no interval: it is what casts to integers make of it.

import {
  ANY,
  type BinaryOp,
  bitWidth,
  type DType,
  type Interval,
  isFloat,
  isInteger,
  isUnsigned,
  productOf,
  rangeOf,
  type UnaryOp,
} from '@trtx/ir';
import { isNarrowed } from '../storage.ts';

const { abs, ceil, exp, floor, log2, max, min, sign, sqrt, trunc } = Math;

const TRUTH: Interval = [0, 1];
const UNIT: Interval = [-1, 1];

/** All numbers of a type. */
export function numbersOf(dtype: DType): Interval {
  if (dtype === 'bool') return TRUTH;
  return isInteger(dtype) ? rangeOf(dtype) : ANY;
}

/** What 32 bits hold of a type of 64. */
export function narrowOf(dtype: 'int64' | 'uint64'): Interval {
  return numbersOf(dtype === 'int64' ? 'int32' : 'uint32');
}

export function isWithin([low, high]: Interval, [least, most]: Interval): boolean {
  return low >= least && high <= most;
}

export function clip([low, high]: Interval, [least, most]: Interval): Interval {
  return [min(max(low, least), most), max(min(high, most), least)];
}

/** The image of an interval under a function of one number that never falls. */
const rising =
  (f: (x: number) => number): Unary =>
  ([low, high]) => [f(low), f(high)];

type Unary = (x: Interval) => Interval;
type Binary = (x: Interval, y: Interval, dtype: DType) => Interval;

const UNARY: Partial<Record<UnaryOp, Unary>> = {
  neg: ([low, high]) => [-high, -low],
  abs: ([low, high]) => [low <= 0 && high >= 0 ? 0 : min(abs(low), abs(high)), max(abs(low), abs(high))],
  sign: rising(sign),
  floor: rising(floor),
  ceil: rising(ceil),
  round: ([low, high]) => [floor(low), ceil(high)],
  sqrt: ([low, high]) => [sqrt(max(low, 0)), sqrt(max(high, 0))],
  exp: rising(exp),
  sin: () => UNIT,
  cos: () => UNIT,
  tanh: () => UNIT,
  erf: () => UNIT,
  isnan: () => TRUTH,
  isinf: () => TRUTH,
  not: () => TRUTH,
};

/** The smallest and largest of what a function makes of the ends. */
function ends([a, b]: Interval, [c, d]: Interval, f: (x: number, y: number) => number): Interval {
  const all = [f(a, c), f(a, d), f(b, c), f(b, d)];
  return all.some(Number.isNaN) ? ANY : [min(...all), max(...all)];
}

const BINARY: Partial<Record<BinaryOp, Binary>> = {
  add: ([a, b], [c, d]) => [a + c, b + d],
  sub: ([a, b], [c, d]) => [a - d, b - c],
  mul: productOf,
  div(x, y, dtype) {
    const whole = !isFloat(dtype);
    if (y[0] > 0 || y[1] < 0) return ends(x, y, whole ? (a, b) => trunc(a / b) : (a, b) => a / b);
    if (!whole) return ANY;
    // By 0 it is 0, and by anything else no larger than what is divided.
    const most = max(abs(x[0]), abs(x[1]));
    return x[0] >= 0 && y[0] >= 0 ? [0, most] : [-most, most];
  },
  mod(x, [c, d], dtype) {
    const rest = isFloat(dtype) ? 0 : 1;
    if (x[0] >= 0 && c >= 0) return [0, min(x[1], max(d - rest, 0))];
    return [min(c + rest, 0), max(d - rest, 0)];
  },
  fmod(x, y) {
    const most = max(abs(y[0]), abs(y[1]));
    return clip([min(x[0], 0), max(x[1], 0)], [-most, most]);
  },
  pow([a, b], [c, d], dtype) {
    if (isFloat(dtype)) return a >= 0 ? [0, Number.POSITIVE_INFINITY] : ANY;
    const most = max(1, max(abs(a), abs(b)) ** max(d, 0));
    return [a >= 0 ? 0 : -most, c < 0 ? max(most, 1) : most];
  },
  min: ([a, b], [c, d]) => [min(a, c), min(b, d)],
  max: ([a, b], [c, d]) => [max(a, c), max(b, d)],
  and: () => TRUTH,
  or: () => TRUTH,
  xor: () => TRUTH,
  bitand([a, b], [c, d]) {
    if (a >= 0 && c >= 0) return [0, min(b, d)];
    return a >= 0 ? [0, b] : c >= 0 ? [0, d] : bitwise([a, b], [c, d]);
  },
  bitor: bitwise,
  bitxor: bitwise,
  shl: ([a, b], [, d]) => [min(a, 0) * 2 ** d, max(b, 0) * 2 ** d],
  shr: ([a, b]) => [min(a, 0), max(b, 0)],
};

/** Two numbers of so many bits make one of so many. */
function bitwise([a, b]: Interval, [c, d]: Interval): Interval {
  const bits = (x: number) => ceil(log2((x < 0 ? -x : x + 1) || 1));
  const most = 2 ** max(bits(a), bits(b), bits(c), bits(d));
  return [a < 0 || c < 0 ? -most : 0, most - 1];
}

/** Floats that are exact, or as exact as their operands. */
const EXACT: ReadonlySet<string> = new Set(['neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'min', 'max']);

/** The exact results; of integers they may be past what the type holds. */
export function unary(op: UnaryOp, x: Interval, dtype: DType): Interval {
  if (op === 'bitnot') {
    const top = isUnsigned(dtype) ? numbersOf(dtype)[1] : -1;
    return [top - x[1], top - x[0]];
  }
  const result = UNARY[op]?.(x) ?? ANY;
  return isFloat(dtype) && !EXACT.has(op) ? rounded(result, dtype) : result;
}

/** As `unary`. */
export function binary(op: BinaryOp, x: Interval, y: Interval, dtype: DType): Interval {
  const result = BINARY[op]?.(x, y, dtype) ?? ANY;
  return isFloat(dtype) && !EXACT.has(op) ? rounded(result, dtype) : result;
}

/** What a cast makes of the numbers; to 64 bits, before anything is cut off. */
export function cast(x: Interval, from: DType, to: DType): Interval {
  if (to === 'bool') return TRUTH;
  if (isFloat(to)) return rounded(x, to);
  const all = numbersOf(to);
  if (!isFloat(from)) return isWithin(x, all) || isNarrowed(to) ? x : all;
  // NaN becomes 0.
  const whole: Interval = [min(trunc(x[0]), 0), max(trunc(x[1]), 0)];
  return bitWidth(to) < 8 ? all : clip(whole, all);
}

/** What is left of a result in its type: integers wrap around. */
export function wrapped(x: Interval, dtype: DType): Interval {
  const all = numbersOf(dtype);
  return isFloat(dtype) || isWithin(x, all) ? x : all;
}

/** Past these a number may become infinite; of narrower types past any. */
const LARGEST: Partial<Record<DType, number>> = { float64: 1e308, float32: 3e38, bfloat16: 3e38, float16: 65000 };

/** With room for what rounding to a type adds. */
function rounded([low, high]: Interval, dtype: DType): Interval {
  const isFine = dtype === 'float32' || dtype === 'float64';
  const outwards = (x: number, sign: number) => {
    const end = x + sign * (isFine ? abs(x) * 1e-5 : abs(x) / 4 + 1);
    return abs(end) > (LARGEST[dtype] ?? 0) ? sign * Number.POSITIVE_INFINITY : end;
  };
  return [outwards(low, -1), outwards(high, 1)];
}
