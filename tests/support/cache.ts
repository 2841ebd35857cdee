// A decoder in small: what it attends to is a cache that grows from nothing.

import type { Tensor } from '@trtx/ir';
import { encodeModel, type OracleNode } from './onnx-oracle.ts';

const nodes: readonly OracleNode[] = [
  { op: 'Concat', inputs: ['past', 'x'], outputs: ['present'], attributes: { axis: 2 } },
  { op: 'Transpose', inputs: ['present'], outputs: ['keys'], attributes: { perm: [0, 1, 3, 2] } },
  { op: 'MatMul', inputs: ['x', 'keys'], outputs: ['scores'] },
  { op: 'Softmax', inputs: ['scores'], outputs: ['weights'], attributes: { axis: -1 } },
  { op: 'MatMul', inputs: ['weights', 'present'], outputs: ['attended'] },
  // What reads the cache alone, and what asks whether there is one.
  { op: 'ReduceMean', inputs: ['x', 'axes'], outputs: ['new'] },
  { op: 'ReduceSum', inputs: ['past', 'axes'], outputs: ['old'] },
  { op: 'Shape', inputs: ['past'], outputs: ['shape'] },
  { op: 'Gather', inputs: ['shape', 'two'], outputs: ['length'] },
  { op: 'Greater', inputs: ['length', 'zero'], outputs: ['some'] },
  { op: 'Where', inputs: ['some', 'old', 'new'], outputs: ['summary'] },
  { op: 'Add', inputs: ['attended', 'summary'], outputs: ['y'] },
  { op: 'Relu', inputs: ['past'], outputs: ['kept'] },
];

const int64 = (dims: readonly number[], ...values: number[]): Tensor => ({
  dtype: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
});

/** Takes x [1, 2, S, 4] and past [1, 2, P, 4], and gives y like x, present [1, 2, P + S, 4] and kept like past. */
export function cacheModel(): Uint8Array {
  return encodeModel(nodes, cacheInputs(1, 1), {
    constants: { axes: int64([1], 2), two: int64([], 2), zero: int64([], 0) },
    outputs: ['y', 'present', 'kept'],
    shapes: { past: [1, 2, 'P', 4], x: [1, 2, 'S', 4] },
  });
}

export function cacheInputs(past: number, count: number): { past: Tensor; x: Tensor } {
  const tensor = (places: number, seed: number): Tensor => ({
    dtype: 'float32',
    dims: [1, 2, places, 4],
    data: Float32Array.from({ length: 8 * places }, (_, i) => Math.sin(0.7 * i + seed)),
  });
  return { past: tensor(past, 3), x: tensor(count, 5 + past) };
}
