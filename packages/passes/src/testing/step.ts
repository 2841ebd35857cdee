// What steps of random graphs are, and what they have in common.

import { TrtxError } from '@trtx/errors';
import type { GraphBuilder, Value } from '@trtx/ir';

/** Adds something to the graph that computes a value from two others; `seed` is for it to choose by. */
export type Step = (b: GraphBuilder, x: Value, other: Value, seed: number) => Value;

export const numbers = (b: GraphBuilder, dims: readonly number[], seed: number) => {
  const count = dims.reduce((n, dim) => n * dim, 1);
  return b.constant(
    'float64',
    dims,
    Array.from({ length: count }, (_, i) => 0.5 + (((i + 1) * (seed + 3) * 7919) % 97) / 97),
  );
};
export const integers = (b: GraphBuilder, values: readonly number[]) => b.constant('int64', [values.length], values);
export const scalar = (b: GraphBuilder, value: number) => b.constant('float64', [], [value]);
export const size = (x: Value, axis: number) => {
  const dim = x.type.shape.at(axis);
  return typeof dim === 'number' ? dim : 1;
};
export const rank = (x: Value) => x.type.shape.length;

/** The size of an axis, as the graph computes it. @throws TrtxError SHAPE where there is none, which leaves the step out */
export function sizeOf(b: GraphBuilder, x: Value, axis: number, dims: readonly number[] = [1]): Value {
  if (rank(x) <= axis) throw new TrtxError('SHAPE', 'it has no such axis', { tensor: x.name });
  return b.Gather(b.Shape(x), b.constant('int64', dims, [axis]));
}
