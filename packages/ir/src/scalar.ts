// The scalar expression of a pointwise op, as data: codegen prints it as WGSL, reference evaluates it, passes simplify it.
//
// Every node carries its element type, and types meet only through explicit casts. Where languages differ, this is what
// an expression means:
//   - integers wrap around at their width; `div` truncates towards zero, by zero gives 0; `mod` has the divisor's sign
//     (`fmod` the dividend's); shifts by the width or more give 0
//   - floats follow IEEE 754; `min` and `max` give NaN if either side is NaN; `round` is half to even
//   - casts float→int truncate and saturate, NaN gives 0 (to integers below 8 bits they round half to even and wrap);
//     int→narrower int wraps; anything→bool is `≠ 0`; casts to floats below 32 bits are as `codecOf` says, and
//     saturate where `options` do not tell otherwise
//   - comparisons with NaN are false, but for `ne`

import { TrtxError } from '@trtx/errors';
import type { CastOptions } from './codec.ts';
import { type DType, isFloat } from './dtype.ts';

export const UNARY = [
  'neg', 'abs', 'sign', 'sqrt', 'exp', 'log', 'floor', 'ceil', 'round', 'erf',
  'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh',
  'isnan', 'isinf', 'not', 'bitnot',
] as const; // biome-ignore format: a table
export const BINARY = [
  'add', 'sub', 'mul', 'div', 'pow', 'mod', 'fmod', 'min', 'max', 'and', 'or', 'xor',
  'bitand', 'bitor', 'bitxor', 'shl', 'shr',
] as const; // biome-ignore format: a table
export const COMPARE = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const;

export type UnaryOp = (typeof UNARY)[number];
export type BinaryOp = (typeof BINARY)[number];
export type CompareOp = (typeof COMPARE)[number];

export type Scalar =
  | { readonly kind: 'arg'; readonly index: number; readonly dtype: DType }
  | { readonly kind: 'const'; readonly value: number; readonly dtype: DType }
  | { readonly kind: 'unary'; readonly op: UnaryOp; readonly a: Scalar; readonly dtype: DType }
  | { readonly kind: 'binary'; readonly op: BinaryOp; readonly a: Scalar; readonly b: Scalar; readonly dtype: DType }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly a: Scalar; readonly b: Scalar; readonly dtype: 'bool' }
  | { readonly kind: 'select'; readonly test: Scalar; readonly a: Scalar; readonly b: Scalar; readonly dtype: DType }
  | { readonly kind: 'cast'; readonly a: Scalar; readonly dtype: DType; readonly options?: CastOptions };

/** The element of input `index` of the op, at the output's position. */
export const arg = (index: number, dtype: DType): Scalar => ({ kind: 'arg', index, dtype });

/** A number of a type. Infinities and NaN are allowed for floats. */
export const constant = (value: number, dtype: DType): Scalar => ({ kind: 'const', value, dtype });

export function unary(op: UnaryOp, a: Scalar): Scalar {
  return { kind: 'unary', op, a, dtype: op === 'isnan' || op === 'isinf' || op === 'not' ? 'bool' : a.dtype };
}

export function binary(op: BinaryOp, a: Scalar, b: Scalar): Scalar {
  sameType(op, a, b);
  return { kind: 'binary', op, a, b, dtype: a.dtype };
}

export function compare(op: CompareOp, a: Scalar, b: Scalar): Scalar {
  sameType(op, a, b);
  return { kind: 'compare', op, a, b, dtype: 'bool' };
}

/** `test ? a : b` */
export function select(test: Scalar, a: Scalar, b: Scalar): Scalar {
  sameType('select', a, b);
  return { kind: 'select', test, a, b, dtype: a.dtype };
}

/** The value in another type; `options` are for float8 types. */
export function cast(a: Scalar, dtype: DType, options?: CastOptions): Scalar {
  if (a.dtype === dtype) return a;
  return options ? { kind: 'cast', a, dtype, options } : { kind: 'cast', a, dtype };
}

/** 1/(1+e^−x) */
export function sigmoid(x: Scalar): Scalar {
  const one = constant(1, x.dtype);
  return binary('div', one, binary('add', one, unary('exp', unary('neg', x))));
}

/** min(max(x, low), high) */
export function clamp(x: Scalar, low: Scalar, high: Scalar): Scalar {
  return binary('min', binary('max', x, low), high);
}

/** The operands of a node. */
export function operandsOf(s: Scalar): readonly Scalar[] {
  switch (s.kind) {
    case 'arg':
    case 'const':
      return [];
    case 'unary':
    case 'cast':
      return [s.a];
    case 'select':
      return [s.test, s.a, s.b];
    default:
      return [s.a, s.b];
  }
}

/** The same expression with every argument replaced. */
export function mapArgs(s: Scalar, replace: (index: number, dtype: DType) => Scalar): Scalar {
  switch (s.kind) {
    case 'arg':
      return replace(s.index, s.dtype);
    case 'const':
      return s;
    case 'unary':
    case 'cast':
      return { ...s, a: mapArgs(s.a, replace) };
    case 'select':
      return { ...s, test: mapArgs(s.test, replace), a: mapArgs(s.a, replace), b: mapArgs(s.b, replace) };
    default:
      return { ...s, a: mapArgs(s.a, replace), b: mapArgs(s.b, replace) };
  }
}

function sameType(op: string, a: Scalar, b: Scalar): void {
  if (a.dtype !== b.dtype)
    throw new TrtxError('EXPRESSION_TYPE', `${op} of ${a.dtype} and ${b.dtype}`, {
      hint: `Write an explicit cast${isFloat(a.dtype) === isFloat(b.dtype) ? '' : ' between float and integer'}.`,
    });
}

const SYMMETRIC: ReadonlySet<string> = new Set<BinaryOp | CompareOp>([
  'add', 'mul', 'min', 'max', 'and', 'or', 'xor', 'bitand', 'bitor', 'bitxor', 'eq', 'ne',
]); // biome-ignore format: a table

/** True where the expression is of two arguments and means the same with these exchanged. */
export function isCommutative(s: Scalar): boolean {
  return (
    (s.kind === 'binary' || s.kind === 'compare') && SYMMETRIC.has(s.op) && s.a.kind === 'arg' && s.b.kind === 'arg'
  );
}
