// Sizes that depend on the shapes of a run: a list of integer operations, each on earlier entries, evaluated in order.
import { TrtxError } from '@trtx/errors';
import type { ExprNode, Size } from './terms.ts';

/** The value of an expression that has none: it leaves the safe integers, or divides by zero. */
const NONE = Number.POSITIVE_INFINITY;

/**
 * The value of every expression. `symbols[k]` is the dimension of symbol k divided by its `multipleOf`, or NaN where it is
 * not known yet; what depends on it is NaN then. Infinity stands for a value outside the safe integers, and for what
 * depends on such a one: that is an error where the size is used, for nothing may ever use it.
 */
export function evaluate(exprs: readonly ExprNode[], symbols: readonly number[]): number[] {
  const values: number[] = new Array(exprs.length);
  for (let i = 0; i < exprs.length; i++) {
    const expr = exprs[i]!;
    const a = expr[0] === '$' || expr[0] === '#' ? expr[1] : values[expr[1]]!;
    const b = expr.length === 3 ? values[expr[2]]! : 0;
    const value = a === NONE || b === NONE ? NONE : apply(expr[0], a, b, symbols);
    const isUnknown = Number.isNaN(a + b) || (expr[0] === '$' && Number.isNaN(value));
    // -0 would compare equal but print and store differently.
    values[i] = isUnknown ? Number.NaN : Number.isSafeInteger(value) ? value + 0 : NONE;
  }
  return values;
}

function apply(op: ExprNode[0], a: number, b: number, symbols: readonly number[]): number {
  switch (op) {
    case '$':
      return symbols[a]!;
    case '#':
      return a;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return Math.floor(a / b);
    case 'min':
      return Math.min(a, b);
    case 'max':
      return Math.max(a, b);
  }
}

/**
 * The number that a size stands for, given what `evaluate` returned: NaN where it is not known yet.
 * Throws `SIZE_OVERFLOW` where it is negative, or no safe integer.
 */
export function sizeValue(size: Size, values: readonly number[]): number {
  const value = typeof size === 'number' ? size : values[size.expr]!;
  if ((value >= 0 && value !== NONE) || Number.isNaN(value)) return value;
  const why = value === NONE ? 'a size has no value in the safe integers' : `a size is negative: ${value}`;
  throw new TrtxError('SIZE_OVERFLOW', why, { hint: 'the engine cannot run with these shapes' });
}
