// The range of a scalar expression, and which of its operations make integers of 64 bits that 32 may not hold.

import { type DType, type Interval, isUnsigned, join, type Scalar } from '@trtx/ir';
import { isNarrowed } from '../storage.ts';
import { binary, cast, clip, isWithin, narrowOf, numbersOf, unary, wrapped } from './interval.ts';

export interface ScalarRange {
  readonly range: Interval;
  /** Operations whose operands are in range and whose results may not be. */
  readonly open: ReadonlySet<Scalar>;
}

/**
 * @param args the ranges of the arguments
 * @param checked whether what 32 bits do not hold is found out when it is computed: then nothing is computed from it
 */
export function rangeOfScalar(s: Scalar, args: (index: number) => Interval, checked: boolean): ScalarRange {
  const open = new Set<Scalar>();
  const narrowed = (x: Scalar, exact: Interval): Interval => {
    if (!isNarrowed(x.dtype)) return wrapped(exact, x.dtype);
    const narrow = narrowOf(x.dtype);
    if (isWithin(exact, narrow)) return exact;
    open.add(x);
    return checked ? clip(exact, narrow) : wrapped(exact, x.dtype);
  };
  const of = (x: Scalar): Interval => {
    switch (x.kind) {
      case 'arg':
        return args(x.index);
      case 'const':
        return Number.isNaN(x.value) ? numbersOf(x.dtype) : [x.value, x.value];
      case 'compare':
        of(x.a);
        of(x.b);
        return [0, 1];
      case 'select':
        of(x.test);
        return join(of(x.a), of(x.b));
      case 'unary':
        return narrowed(x, unary(x.op, of(x.a), x.dtype));
      case 'cast':
        return narrowed(x, cast(of(x.a), x.a.dtype, x.dtype));
      case 'binary':
        if (x.op === 'mul' && x.a === x.b) return narrowed(x, square(of(x.a), x.dtype));
        return narrowed(x, binary(x.op, of(x.a), of(x.b), x.dtype));
    }
  };
  return { range: of(s), open };
}

function square(x: Interval, dtype: DType): Interval {
  const size = unary('abs', x, dtype);
  return binary('mul', size, size, dtype);
}

const CHECKED: ReadonlySet<string> = new Set(['neg', 'abs', 'add', 'sub', 'mul', 'div', 'pow']);

/** True for an operation that shaders can find out about: those on int64, and casts from what they compute in floats. */
export function canCheck(s: Scalar): boolean {
  if (s.dtype !== 'int64') return false;
  if (s.kind === 'cast') return !isInfinite(s.a) && !isLargeUnsigned(s.a.dtype);
  return (s.kind === 'unary' || s.kind === 'binary') && CHECKED.has(s.op);
}

/** Numbers that are at the far end of the wider type, where the other one has the next ones. */
function isLargeUnsigned(dtype: DType): boolean {
  return isUnsigned(dtype) && (dtype === 'uint32' || dtype === 'uint64');
}

/** A logarithm is −∞ as a matter of course. */
function isInfinite(s: Scalar): boolean {
  return s.kind === 'unary' && s.op === 'log';
}
