// Constants of random graphs.

import type { GraphBuilder, Value } from '@trtx/ir';

/** Numbers from 0.5 to 1.5, others for each seed. */
export function numbers(b: GraphBuilder, dims: readonly number[], seed: number): Value {
  const count = dims.reduce((n, dim) => n * dim, 1);
  return b.constant(
    'float64',
    dims,
    Array.from({ length: count }, (_, i) => 0.5 + (((i + 1) * (seed + 3) * 7919) % 97) / 97),
  );
}

export function integers(b: GraphBuilder, values: readonly number[]): Value {
  return b.constant('int64', [values.length], values);
}

export function scalar(b: GraphBuilder, value: number): Value {
  return b.constant('float64', [], [value]);
}
