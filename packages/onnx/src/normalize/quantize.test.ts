import type { DType } from '@trtx/ir';
import { describe, it } from 'vitest';
import { checkNode } from '../../../../tests/support/imported.ts';
import { random, tensor } from '../../../reference/src/testing/check.ts';

const scale = (value: number) => tensor('float32', [], [value]);
const scales = (count: number) => random([count], { low: 0.02, high: 0.1, seed: 7 });
const whole = (dims: readonly number[], dtype: DType, seed = 3) =>
  random(dims, { dtype, low: dtype === 'uint8' ? 0 : -100, high: 100, seed });

describe('QLinearMatMul', () => {
  it.each<[DType, DType]>([
    ['uint8', 'uint8'],
    ['uint8', 'int8'],
    ['int8', 'int8'],
  ])('%s × %s', async (a, b) => {
    const A = [whole([2, 3, 9], a), scale(0.037), whole([], a, 4)];
    const Y = [scale(1.3), whole([], a, 8)];
    await checkNode(
      'QLinearMatMul',
      [...A, whole([9, 5], b, 5), scale(0.051), whole([], b, 6), ...Y],
      {},
      { opset: 21 },
    );
    await checkNode('QLinearMatMul', [...A, whole([9, 5], b, 5), scales(5), whole([5], b, 6), ...Y], {}, { opset: 10 });
  });
});

describe('QLinearConv', () => {
  it.each<[DType, DType]>([
    ['uint8', 'uint8'],
    ['uint8', 'int8'],
    ['int8', 'int8'],
  ])('%s × %s', async (a, b) => {
    const X = [whole([2, 4, 6, 7], a), scale(0.037), whole([], a, 4)];
    const W = whole([6, 2, 3, 2], b, 5);
    const Y = [scale(2.9), whole([], a, 8)];
    const bias = random([6], { dtype: 'int32', low: -3000, high: 3000 });
    const attributes = { group: 2, pads: [1, 0, 1, 1], strides: [1, 2] };
    const zero = tensor(b, [6], new Array(6).fill(3));
    await checkNode('QLinearConv', [...X, W, scale(0.051), whole([], b, 6), ...Y], attributes, { opset: 10 });
    await checkNode('QLinearConv', [...X, W, scales(6), zero, ...Y, bias], attributes, { opset: 10 });
  });
});

describe('DynamicQuantizeLinear', () => {
  it.each([
    [-3, 9],
    [2, 7],
    [-8, -1],
    [0, 0],
  ])('from %f to %f', (low, high) =>
    checkNode('DynamicQuantizeLinear', [random([4, 9], { low, high })], {}, { opset: 11, outputCount: 3 }),
  );
});
