// What is known of a value wherever and whenever an expression is computed: its type, and for integers between which numbers
// it lies, and of what it is a multiple. Arithmetic of u32 wraps around, as WGSL's does: where it may, nothing is left of what
// was known.
//
// Sources: Cousot and Cousot, "Static determination of dynamic properties of programs", 1976; Granger, "Static analysis of
// arithmetical congruences", 1989.

import type { Expr, Type } from './syntax.ts';

export interface Value {
  /** Absent where nothing tells. */
  readonly type?: Type;
  readonly low: number;
  readonly high: number;
  /** What it is a multiple of: 1 where nothing tells, 0 for 0. */
  readonly step: number;
  /** What it is made of, where all of that stays what it is. */
  readonly says?: Expr;
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  u32: [0, 2 ** 32 - 1],
  i32: [-(2 ** 31), 2 ** 31 - 1],
};
const NOTHING_KNOWN = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

export function typeNamed(name: string): Type {
  return { name, args: [] };
}

export const [U32, I32, F32, BOOL] = ['u32', 'i32', 'f32', 'bool'].map(typeNamed) as [Type, Type, Type, Type];
/** Of a number without a suffix. */
export const ABSTRACT = typeNamed('abstract');

/** Any value of a type. */
export function anyOf(type?: Type): Value {
  const [low, high] = (type && RANGES[type.name]) ?? NOTHING_KNOWN;
  return type ? { type, low, high, step: 1 } : { low, high, step: 1 };
}

/** The integers from one to another that are multiples of a step; any of the type if these do not fit into it. */
export function between(type: Type | undefined, low: number, high: number, step = 1): Value {
  const any = anyOf(type);
  const fits = Number.isFinite(low) && Number.isFinite(high) && low >= any.low && high <= any.high;
  if (fits) return { ...any, low, high, step };
  // What wraps around at 2³² stays a multiple of a power of two.
  return step > 0 && Number.isSafeInteger(step) && any.low > Number.NEGATIVE_INFINITY
    ? { ...any, step: gcd(step, 2 ** 32) }
    : any;
}

/** Of steps: what is a multiple of both is one of either. Of 0 all numbers are. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

export function isInteger({ type }: Value): boolean {
  return type !== undefined && (type.name in RANGES || type.name === ABSTRACT.name);
}

/** Whatever either is. */
export function joined(a: Value, b: Value): Value {
  const type = a.type?.name === ABSTRACT.name ? b.type : a.type;
  const low = Math.min(a.low, b.low);
  const high = Math.max(a.high, b.high);
  const step = gcd(a.step, b.step);
  return type ? { type, low, high, step } : { low, high, step };
}

/** A value that is known to lie between two numbers too. */
export function narrowed(a: Value, low: number, high: number): Value {
  if (low <= a.low && high >= a.high) return a;
  const step = a.step || 1;
  return {
    ...a,
    low: Math.ceil(Math.max(a.low, low) / step) * step,
    high: Math.floor(Math.min(a.high, high) / step) * step,
  };
}

/** The type of what an operation gives of two values. */
export function typeOf(a: Value, b: Value): Type | undefined {
  const [first, second] = [a.type, b.type];
  if (first?.name.startsWith('vec')) return first;
  if (second?.name.startsWith('vec')) return second;
  return first === undefined || first.name === ABSTRACT.name ? (second ?? first) : first;
}

/** Two numbers that are operated on together are of one type, be it only told of one of them. */
export function typed(a: Value, b: Value): readonly [Value, Value] {
  const isTold = (value: Value) => isInteger(value) && value.type !== ABSTRACT;
  if (!a.type && isTold(b)) return [anyOf(b.type), b];
  return !b.type && isTold(a) ? [a, anyOf(a.type)] : [a, b];
}

type Operation = (a: Value, b: Value, type: Type | undefined) => Value;

const together = (a: Value, b: Value) => gcd(a.step, b.step);
const isConstant = ({ low, high }: Value) => low === high;

/** The smallest number of ones in binary that is no smaller. */
function ones(high: number): number {
  return high < 1 ? 0 : 2 ** (Math.floor(Math.log2(high)) + 1) - 1;
}

const isNatural = ({ low }: Value) => low >= 0;

const OPERATIONS: Readonly<Partial<Record<string, Operation>>> = {
  '+': (a, b, type) => between(type, a.low + b.low, a.high + b.high, together(a, b)),
  '-': (a, b, type) => between(type, a.low - b.high, a.high - b.low, together(a, b)),
  '*': (a, b, type) => {
    const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
    return between(type, Math.min(...corners), Math.max(...corners), a.step * b.step);
  },
  // By 0 it is what is divided.
  '/': (a, b, type) => {
    if (!isNatural(a) || !isNatural(b)) return anyOf(type);
    const step = isConstant(b) && b.low > 0 && a.step % b.low === 0 ? a.step / b.low : 1;
    return between(type, Math.floor(a.low / Math.max(b.high, 1)), Math.floor(a.high / Math.max(b.low, 1)), step);
  },
  // By 0 it is 0.
  '%': (a, b, type) => {
    if (!isNatural(a) || !isNatural(b)) return anyOf(type);
    if (b.low > a.high) return between(type, a.low, a.high, a.step);
    return between(type, 0, Math.min(a.high, Math.max(b.high - 1, 0)), together(a, b));
  },
  '<<': (a, b, type) =>
    isNatural(a) && isNatural(b) && b.high < 32
      ? between(type, a.low * 2 ** b.low, a.high * 2 ** b.high, a.step)
      : anyOf(type),
  '>>': (a, b, type) =>
    isNatural(a) && isNatural(b) && b.high < 32
      ? between(type, Math.floor(a.low / 2 ** b.high), Math.floor(a.high / 2 ** b.low))
      : anyOf(type),
  '&': (a, b, type) => {
    const most = [a, b].filter(isNatural).map(({ high }) => high);
    return most.length > 0 ? between(type, 0, Math.min(...most)) : anyOf(type);
  },
  '|': (a, b, type) =>
    isNatural(a) && isNatural(b) ? between(type, Math.max(a.low, b.low), ones(Math.max(a.high, b.high))) : anyOf(type),
  '^': (a, b, type) => (isNatural(a) && isNatural(b) ? between(type, 0, ones(Math.max(a.high, b.high))) : anyOf(type)),
};

/** What an operation other than a comparison gives. */
export function operated(op: string, left: Value, right: Value): Value {
  const isShift = op === '<<' || op === '>>';
  const type = isShift ? left.type : typeOf(left, right);
  const operation = OPERATIONS[op];
  const [a, b] = isShift ? [left, right] : typed(left, right);
  return operation && isInteger(a) && isInteger(b) ? operation(a, b, type) : anyOf(type);
}

/** Whether an operation on numbers of its type may leave the type, and so wrap around. */
export function mayWrap(op: '+' | '-' | '*', a: Value, b: Value): boolean {
  const type = typeOf(a, b);
  const any = anyOf(type);
  const exact = OPERATIONS[op]!(a, b, ABSTRACT);
  return !(exact.low >= any.low && exact.high <= any.high);
}
