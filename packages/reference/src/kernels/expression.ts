// Evaluates a scalar expression over columns of numbers, one node of the expression after the other: a loop over a column
// costs little more than the arithmetic in it. Integers of 64 bits are kept in float64 too while they are small; where
// one is not, the caller evaluates these elements anew with `evaluateExactly` (expression-exact.ts).

import { TrtxError } from '@trtx/errors';
import {
  type BinaryOp,
  bitWidth,
  type CastOptions,
  type CompareOp,
  codecOf,
  type DType,
  isFloat,
  isUnsigned,
  type Scalar,
  type UnaryOp,
} from '@trtx/ir';
import { BINARY_LOOPS, COMPARE_LOOPS, power, UNARY_LOOPS } from './column-loops.ts';
import { roundHalfEven } from './functions.ts';

/** Up to here float64 arithmetic on integers, division included, is exact. */
const EXACT = 2 ** 52;

export interface ColumnProgram {
  /** The column to fill for each argument before `run`, by input index. */
  readonly args: ReadonlyMap<number, Float64Array>;
  /**
   * Computes the first `count` rows. The result is overwritten by the next run.
   * Undefined where an integer left the range in which float64 is exact.
   */
  run(count: number): Float64Array | undefined;
}

/** Compiles an expression for columns of at most `rows` rows. Shared nodes are computed once. */
export function compileColumns(root: Scalar, rows: number): ColumnProgram {
  const columns = new Map<Scalar, Float64Array>();
  const args = new Map<number, Float64Array>();
  const steps: ((count: number) => boolean)[] = [];
  const visit = (s: Scalar): Float64Array => {
    const done = columns.get(s) ?? (s.kind === 'arg' ? args.get(s.index) : undefined);
    if (done) return done;
    const column = new Float64Array(rows);
    columns.set(s, column);
    switch (s.kind) {
      case 'arg':
        args.set(s.index, column);
        if (isWide(s.dtype)) steps.push((count) => allExact(column, count));
        break;
      case 'const':
        column.fill(s.value);
        break;
      case 'select':
        steps.push(selectStep(visit(s.test), visit(s.a), visit(s.b), column));
        break;
      case 'compare':
        steps.push(compareStep(s.op, visit(s.a), visit(s.b), column));
        break;
      case 'cast':
        steps.push(castStep(s, visit(s.a), column));
        break;
      case 'unary': {
        steps.push(unaryStep(s.op, s.dtype, visit(s.a), column));
        if (!isFloat(s.dtype) && s.dtype !== 'bool') steps.push(wrapStep(s.dtype, column));
        break;
      }
      case 'binary': {
        const [a, b] = [visit(s.a), visit(s.b)];
        steps.push(isFloat(s.dtype) ? floatStep(s.op, a, b, column) : integerStep(s.op, s.dtype, a, b, column));
        if (!isFloat(s.dtype) && s.dtype !== 'bool') steps.push(wrapStep(s.dtype, column));
      }
    }
    return column;
  };
  const result = visit(root);
  return { args, run: (count) => (steps.every((step) => step(count)) ? result : undefined) };
}

type Step = (count: number) => boolean;

function unaryFunction(op: UnaryOp, dtype: DType): (x: number) => number {
  switch (op) {
    case 'round':
      return roundHalfEven;
    case 'isnan':
      return (x) => (Number.isNaN(x) ? 1 : 0);
    case 'isinf':
      return (x) => (x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY ? 1 : 0);
    case 'not':
      return (x) => 1 - x;
    case 'bitnot':
      return dtype === 'bool' ? (x) => 1 - x : (x) => -1 - x;
    default:
      return Math[op as 'sin'];
  }
}

function unaryStep(op: UnaryOp, dtype: DType, a: Float64Array, out: Float64Array): Step {
  const fast = UNARY_LOOPS[op];
  if (fast) return loop((n) => fast(a, out, n));
  const f = unaryFunction(op, dtype);
  return loop((n) => {
    for (let i = 0; i < n; i++) out[i] = f(a[i]!);
  });
}

function floatStep(op: BinaryOp, a: Float64Array, b: Float64Array, out: Float64Array): Step {
  const run = BINARY_LOOPS[op];
  if (!run) throw new TrtxError('UNSUPPORTED', `${op} of floats`);
  return loop((n) => run(a, b, out, n));
}

function integerStep(op: BinaryOp, dtype: DType, a: Float64Array, b: Float64Array, out: Float64Array): Step {
  const f = integerFunction(op, dtype);
  return (n) => {
    for (let i = 0; i < n; i++) {
      const value = f(a[i]!, b[i]!);
      if (value > EXACT || value < -EXACT) return false;
      out[i] = value;
    }
    return true;
  };
}

function integerFunction(op: BinaryOp, dtype: DType): (a: number, b: number) => number {
  const narrow = !isWide(dtype);
  const bits = bitWidth(dtype);
  switch (op) {
    case 'add':
      return (a, b) => a + b;
    case 'sub':
      return (a, b) => a - b;
    case 'mul':
      return narrow ? Math.imul : (a, b) => a * b;
    case 'div':
      return (a, b) => (b === 0 ? 0 : Math.trunc(a / b));
    case 'mod':
      return (a, b) => (b === 0 ? 0 : a - b * Math.floor(a / b));
    case 'fmod':
      return (a, b) => (b === 0 ? 0 : a % b);
    case 'pow':
      return (a, b) => Math.trunc(power(a, b));
    case 'min':
      return Math.min;
    case 'max':
      return Math.max;
    case 'and':
      return (a, b) => a & b;
    case 'or':
      return (a, b) => a | b;
    case 'xor':
      return (a, b) => a ^ b;
    case 'shl':
      return (a, b) => (b >= bits || b < 0 ? 0 : a * 2 ** b);
    case 'shr':
      return (a, b) => (b >= bits || b < 0 ? 0 : Math.floor(a / 2 ** b));
    case 'bitand':
      return narrow ? (a, b) => a & b : BEYOND;
    case 'bitor':
      return narrow ? (a, b) => a | b : BEYOND;
    case 'bitxor':
      return narrow ? (a, b) => a ^ b : BEYOND;
  }
}

/** Leaves the operation to the exact evaluation. */
const BEYOND = () => Number.POSITIVE_INFINITY;

function compareStep(op: CompareOp, a: Float64Array, b: Float64Array, out: Float64Array): Step {
  return loop((n) => COMPARE_LOOPS[op](a, b, out, n));
}

function selectStep(test: Float64Array, a: Float64Array, b: Float64Array, out: Float64Array): Step {
  return loop((n) => {
    for (let i = 0; i < n; i++) out[i] = test[i] !== 0 ? a[i]! : b[i]!;
  });
}

function castStep(s: Scalar & { kind: 'cast' }, a: Float64Array, out: Float64Array): Step {
  const to = s.dtype;
  const convert = conversion(s.a.dtype, to, s.options);
  const copy = loop((n) => {
    for (let i = 0; i < n; i++) out[i] = convert(a[i]!);
  });
  if (isFloat(to) || to === 'bool') return copy;
  const wrap = wrapStep(to, out);
  return (n) => copy(n) && wrap(n);
}

function conversion(from: DType, to: DType, options?: CastOptions): (x: number) => number {
  if (to === 'bool') return (x) => (x !== 0 ? 1 : 0);
  if (to === 'float32') return Math.fround;
  const codec = codecOf(to);
  const how = { saturate: true, ...options };
  if (codec && isFloat(to)) return (x) => codec.decode(codec.encode(x, how));
  if (to === 'float64' || !isFloat(from)) return (x) => x;
  const bits = bitWidth(to);
  if (bits < 8) return roundHalfEven;
  const signed = !isUnsigned(to);
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = 2 ** (signed ? bits - 1 : bits) - 1;
  return (x) => (Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, low), high)));
}

/** Brings integers of a column into the type's range. */
function wrapStep(dtype: DType, column: Float64Array): Step {
  if (dtype === 'int64') return (n) => allExact(column, n);
  if (dtype === 'uint64') return (n) => allExact(column, n) && column.subarray(0, n).every((x) => x >= 0);
  const rest = 32 - bitWidth(dtype);
  if (isUnsigned(dtype))
    return loop((n) => {
      for (let i = 0; i < n; i++) column[i] = (column[i]! << rest) >>> rest;
    });
  return loop((n) => {
    for (let i = 0; i < n; i++) column[i] = (column[i]! << rest) >> rest;
  });
}

function allExact(column: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (column[i]! > EXACT || column[i]! < -EXACT) return false;
  return true;
}

function isWide(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64';
}

function loop(run: (count: number) => void): Step {
  return (count) => {
    run(count);
    return true;
  };
}
