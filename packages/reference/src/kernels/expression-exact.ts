// The scalar expression of one element with exact integers: integers are bigints here, floats and bools numbers.
// Slow; for elements that float64 does not hold.

import { TrtxError } from '@trtx/errors';
import { bitWidth, codecOf, type DType, isFloat, isInteger, isUnsigned, type Scalar, scalar } from '@trtx/ir';
import { compileColumns } from './expression.ts';
import { roundHalfEven } from './functions.ts';

type Element = number | bigint;

/** The value of the expression; `arg` gives the elements of the inputs, integers as bigints. */
export function evaluateExactly(s: Scalar, arg: (index: number) => Element): Element {
  switch (s.kind) {
    case 'arg':
      return arg(s.index);
    case 'const':
      return isInteger(s.dtype) ? BigInt(s.value) : s.value;
    case 'select':
      return evaluateExactly(Number(evaluateExactly(s.test, arg)) ? s.a : s.b, arg);
    case 'cast':
      return castExactly(evaluateExactly(s.a, arg), s);
    case 'compare':
      return compareExactly(s.op, evaluateExactly(s.a, arg), evaluateExactly(s.b, arg)) ? 1 : 0;
    case 'unary': {
      const a = evaluateExactly(s.a, arg);
      if (typeof a === 'bigint') return wrap(unaryExactly(s.op, a), s.dtype);
      return inFloat64(scalar.unary(s.op, scalar.arg(0, s.a.dtype)), a);
    }
    case 'binary': {
      const a = evaluateExactly(s.a, arg);
      const b = evaluateExactly(s.b, arg);
      if (typeof a === 'bigint' && typeof b === 'bigint') return wrap(binaryExactly(s.op, a, b, s.dtype), s.dtype);
      return inFloat64(scalar.binary(s.op, scalar.arg(0, s.dtype), scalar.arg(1, s.dtype)), a as number, b as number);
    }
  }
}

function unaryExactly(op: string, a: bigint): bigint {
  if (op === 'neg') return -a;
  if (op === 'abs') return a < 0n ? -a : a;
  if (op === 'sign') return a < 0n ? -1n : a > 0n ? 1n : 0n;
  if (op === 'bitnot') return ~a;
  throw new TrtxError('UNSUPPORTED', `${op} of integers`);
}

function binaryExactly(op: string, a: bigint, b: bigint, dtype: DType): bigint {
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return b === 0n ? 0n : a / b;
    case 'fmod':
      return b === 0n ? 0n : a % b;
    case 'mod':
      return b === 0n ? 0n : ((a % b) + b) % b;
    case 'min':
      return a < b ? a : b;
    case 'max':
      return a > b ? a : b;
    case 'pow':
      return powerExactly(a, b);
    case 'bitand':
      return a & b;
    case 'bitor':
      return a | b;
    case 'bitxor':
      return a ^ b;
    case 'shl':
    case 'shr': {
      const outside = b < 0n || b >= BigInt(bitWidth(dtype));
      return outside ? 0n : op === 'shl' ? a << b : a >> b;
    }
    default:
      throw new TrtxError('UNSUPPORTED', `${op} of integers`);
  }
}

/** aᵇ modulo 2^64; a negative power is 0 but of ±1, and 0 where it has no value. */
function powerExactly(a: bigint, b: bigint): bigint {
  if (b < 0n) return a === 1n || (a === -1n && b % 2n === 0n) ? 1n : a === -1n ? -1n : 0n;
  let result = 1n;
  let base = BigInt.asIntN(64, a);
  for (let rest = b; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * base);
    base = BigInt.asIntN(64, base * base);
  }
  return result;
}

function compareExactly(op: string, a: Element, b: Element): boolean {
  if (op === 'eq') return a === b;
  if (op === 'ne') return a !== b;
  if (op === 'lt') return a < b;
  if (op === 'le') return a <= b;
  return op === 'gt' ? a > b : a >= b;
}

function castExactly(a: Element, { dtype: to, a: { dtype: from }, options }: Scalar & { kind: 'cast' }): Element {
  if (to === 'bool') return Number(a) !== 0 ? 1 : 0;
  const codec = codecOf(to);
  if (isFloat(to)) {
    const value = Number(a);
    if (codec) return codec.decode(codec.encode(value, { saturate: true, ...options }));
    return to === 'float32' ? Math.fround(value) : value;
  }
  if (!isFloat(from)) return wrap(BigInt(a), to);
  if (codec) return BigInt(codec.encode(roundHalfEven(a as number)));
  if (Number.isNaN(a)) return 0n;
  const bits = BigInt(bitWidth(to));
  const low = isUnsigned(to) ? 0n : -(1n << (bits - 1n));
  const high = (isUnsigned(to) ? 1n << bits : 1n << (bits - 1n)) - 1n;
  if (a === Number.POSITIVE_INFINITY) return high;
  if (a === Number.NEGATIVE_INFINITY) return low;
  const whole = BigInt(Math.trunc(a as number));
  return whole < low ? low : whole > high ? high : whole;
}

function wrap(value: bigint, dtype: DType): bigint {
  const bits = bitWidth(dtype);
  return isUnsigned(dtype) ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
}

/** One node over floats or bools. */
function inFloat64(s: Scalar, ...args: number[]): number {
  const program = compileColumns(s, 1);
  for (const [index, column] of program.args) column[0] = args[index]!;
  return program.run(1)![0]!;
}
