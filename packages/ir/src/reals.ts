// Shape arithmetic in floats: an element is a number, or an integer expression of dims where it goes on as one.

import { add, bounds, type Dim, maxDim, minDim, mul, sub } from './dim.ts';
import type { DType } from './dtype.ts';
import type { Scalar } from './scalar.ts';

type Evaluate = (part: Scalar) => Dim | undefined;

/**
 * A float expression; undefined where the element cannot be told, is not finite, or would be a fraction of a symbolic dim.
 * `evaluate` gives the parts.
 */
export function evaluateReal(s: Scalar, evaluate: Evaluate, arg: (index: number) => Dim | undefined): Dim | undefined {
  const value = unrounded(s, evaluate, arg);
  const exact = EXACT[s.dtype];
  if (value === undefined || exact === undefined) return undefined;
  if (typeof value !== 'number') {
    const { min, max } = bounds(value);
    return -exact <= min && max <= exact ? value : undefined;
  }
  const rounded = s.dtype === 'float32' ? Math.fround(value) : value;
  return Number.isFinite(rounded) ? rounded : undefined;
}

/** Up to here a type holds every integer. */
const EXACT: Partial<Record<DType, number>> = { float32: 2 ** 24, float64: 2 ** 53 };

function unrounded(s: Scalar, evaluate: Evaluate, arg: (index: number) => Dim | undefined): Dim | undefined {
  switch (s.kind) {
    case 'arg':
      return arg(s.index);
    case 'const':
      return s.value;
    case 'cast':
      return evaluate(s.a);
    case 'select': {
      const test = evaluate(s.test);
      return typeof test === 'number' ? evaluate(test ? s.a : s.b) : undefined;
    }
    case 'unary': {
      const a = evaluate(s.a);
      if (a === undefined) return undefined;
      return typeof a === 'number' ? ONE[s.op]?.(a) : INTEGRAL.has(s.op) ? a : undefined;
    }
    case 'binary': {
      const [a, b] = [evaluate(s.a), evaluate(s.b)];
      if (a === undefined || b === undefined) return undefined;
      if (typeof a === 'number' && typeof b === 'number') return TWO[s.op]?.(a, b);
      return [a, b].every((dim) => typeof dim !== 'number' || Number.isSafeInteger(dim))
        ? DIMS[s.op]?.(a, b)
        : undefined;
    }
    default:
      return undefined;
  }
}

const ONE: Partial<Record<string, (a: number) => number>> = {
  neg: (a) => -a,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  sqrt: Math.sqrt,
};

/** What leaves an integer as it is. */
const INTEGRAL: ReadonlySet<string> = new Set(['floor', 'ceil', 'round']);

const TWO: Partial<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
};

const DIMS: Partial<Record<string, (a: Dim, b: Dim) => Dim>> = { add, sub, mul, min: minDim, max: maxDim };
