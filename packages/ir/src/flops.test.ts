import { expect, it } from 'vitest';
import { GraphBuilder } from './builder.ts';
import { flopsOf } from './flops.ts';
import type { Value } from './graph.ts';

const b = new GraphBuilder('net');
const x = b.input('x', 'float32', [2, 3, 8, 8]);
const m = b.input('m', 'float32', [5, 7]);
const n = b.input('n', 'float32', [7, 9]);
const w = b.input('w', 'float32', [6, 3, 3, 3]);
const up = b.input('up', 'float32', [3, 4, 2, 2]);

const CASES: readonly [string, () => Value, number][] = [
  ['a matrix product', () => b.MatMul(m, n), 2 * 5 * 7 * 9],
  ['a Gemm', () => b.Gemm(m, n), 2 * 5 * 7 * 9],
  ['an Einsum', () => b.Einsum([m, n], { equation: 'ij,jk->ik' }), 2 * 5 * 7 * 9],
  ['a convolution', () => b.Conv(x, w, undefined, { pads: [1, 1, 1, 1] }), 2 * 2 * 6 * 8 * 8 * 3 * 9],
  ['a transposed one', () => b.ConvTranspose(x, up, undefined, { strides: [2, 2] }), 2 * 2 * 3 * 8 * 8 * 4 * 4],
  ['a pool', () => b.MaxPool(x, { kernel_shape: [2, 2], strides: [2, 2] })[0]!, 2 * 3 * 4 * 4 * 4],
  ['a pointwise op', () => b.Add(x, x), 384],
  ['a reduction', () => b.GlobalAveragePool(x), 384],
  ['a move', () => b.Transpose(x, { perm: [0, 2, 3, 1] }), 0],
];

it.each(CASES)('%s', (_, make, flops) => {
  expect(flopsOf(make().producer!)).toBe(flops);
});

it('is not told of what is opaque', () => {
  expect(flopsOf(b.Det(b.input('d', 'float32', [3, 3])).producer!)).toBeUndefined();
});
