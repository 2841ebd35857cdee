// Means and variances as models write them out, and what recognizing rules ask of them.

import { type Dim, isFloat, reduceGeometry, type Value } from '@trtx/ir';
import type { Patch } from '../../patch.ts';
import { absent, constant, type Match, named, number, oneOf, op, optionally, type Pattern } from '../../pattern.ts';
import { product } from '../../product.ts';

const axes = oneOf(absent, constant());

const CASTS: ReadonlySet<string> = new Set(['float32', 'float16', 'bfloat16']);

/** The same in another float type: statistics are often wider than what they are of. */
export function cast(pattern: Pattern): Pattern {
  return optionally(
    (inner) =>
      op('Cast', inner).where(({ inputs, output }) => [inputs[0]!, output].every(({ type }) => CASTS.has(type.dtype))),
    pattern,
  );
}

/** A reduction by one of the ops, with its axes known. The node gets the name. */
export function reduced(ops: string | readonly string[], inner: Pattern, name: string): Pattern {
  return op(ops, inner, axes).as(name);
}

/** The mean over some axes: a ReduceMean, or a ReduceSum times a number called `name.scale`. */
export function mean(inner: Pattern, name: string): Pattern {
  const of = cast(inner);
  return oneOf(reduced('ReduceMean', of, name), product(`${name}.scale`, [reduced('ReduceSum', of, name)]));
}

/** What was reduced, as it is or in another shape. */
export function restored(pattern: Pattern): Pattern {
  return optionally((inner) => op(['Reshape', 'Unsqueeze'], inner, constant()), pattern);
}

/** What was reduced, with the reduced axes there as 1: at once, or put back. Called `name` + `.kept`. */
export function kept(pattern: Pattern, name: string): Pattern {
  return cast(named(`${name}.kept`, restored(pattern)));
}

/** The square, by Pow or Mul. */
export function square(pattern: Pattern): Pattern {
  const of = cast(pattern);
  return product(1, [of, of]);
}

/** √(variance + epsilon), where the variance has the reduced axes as 1. */
export function deviation(variance: Pattern): Pattern {
  const shifted = op('Add', kept(variance, 'variance'), number('epsilon'));
  return cast(oneOf(op('Sqrt', shifted), op('Pow', shifted, number(0.5))));
}

/** The reciprocal of `deviation` where one op computes it. */
export function reciprocalDeviation(variance: Pattern): Pattern {
  return cast(op('Pow', op('Add', kept(variance, 'variance'), number('epsilon')), number(-0.5)));
}

/**
 * The axes of `x` that a pattern's reductions are over, ascending: all over the same ones, sums times 1/n, and put back
 * where they were. Undefined where one is not.
 */
export function sharedAxes(match: Match, x: Value, patch: Patch, ...names: readonly string[]): number[] | undefined {
  const { shape, dtype } = x.type;
  if (!isFloat(dtype) || dtype === 'float64') return undefined;
  const found = names.map((name) => reduceGeometry(match.node(name).view()));
  const axes = [...found[0]!.axes];
  const isSame = found.every((g) => g.axes.length === axes.length && g.axes.every((axis, i) => axis === axes[i]));
  const kept = shape.map((dim, axis): Dim => (axes.includes(axis) ? 1 : dim));
  const holds = names.every((name) => {
    const at = match.find(`${name}.kept`);
    const node = match.node(name);
    return (
      patch.sameShape(node.inputs[0]!.type.shape, shape) &&
      (!at || patch.sameShape(at.type.shape, kept)) &&
      (node.op.name !== 'ReduceSum' || isReciprocal(match, `${name}.scale`, found[0]!.count))
    );
  });
  return isSame && holds && axes.length > 0 ? axes : undefined;
}

/** True where the number of the name, if there is one, is 1/count. */
function isReciprocal(match: Match, name: string, count: Dim): boolean {
  const scale = match.findNumber(name);
  return scale === undefined || (typeof count === 'number' && Math.abs(scale * count - 1) <= 1e-5);
}
