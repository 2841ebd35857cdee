// What steps of random graphs are, and what they have in common.

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
