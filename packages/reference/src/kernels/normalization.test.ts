import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

describe.each(['Softmax', 'LogSoftmax'])('%s', (op) => {
  it.each([0, 1, 2, -1])('axis %i', (axis) =>
    check(op, [random([3, 4, 5], { low: -30, high: 30 })], { axis }, { dynamic: [0, 1, 2] }),
  );
  it('float64', () => check(op, [random([2, 7], { dtype: 'float64' })]));
});

describe('LayerNormalization', () => {
  const X = random([2, 3, 4, 5], { low: -3, high: 5 });
  it.each([-1, 1, 2, 3, 0])('axis %i', async (axis) => {
    const dims = X.dims.slice(axis < 0 ? axis + 4 : axis);
    const [scale, bias] = [random(dims, { seed: 2 }), random(dims, { seed: 3 })];
    await check('LayerNormalization', [X, scale, bias], { axis, epsilon: 1e-3 }, { dynamic: [0], absolute: 2e-6 });
    await check('LayerNormalization', [X, scale], { axis }, { outputCount: 3, absolute: 2e-6 });
  });
});

it('RMSNormalization', async () => {
  const X = random([2, 3, 8], { low: -3, high: 5 });
  for (const axis of [-1, 1])
    await check('RMSNormalization', [X, random(X.dims.slice(axis < 0 ? 2 : 1), { seed: 2 })], { axis }, { opset: 23 });
});

it('InstanceNormalization', () =>
  check(
    'InstanceNormalization',
    [random([2, 3, 5, 6]), random([3], { seed: 2 }), random([3], { seed: 3 })],
    {},
    { absolute: 5e-6 },
  ));

describe('BatchNormalization', () => {
  it.each([[[2, 3, 4, 5]], [[4, 3]], [[2, 3, 9]]])('%o', async (dims) => {
    const channel = (seed: number, low = -1) => random([3], { seed, low });
    const inputs = [random(dims), channel(2), channel(3), channel(4), channel(5, 0.1)];
    await check('BatchNormalization', inputs, { epsilon: 1e-3 }, { dynamic: [0], absolute: 5e-6 });
  });
});

it.each([1, 2])('LpNormalization, p = %i', async (p) => {
  const X = random([3, 4, 5], { low: -3, high: 5 });
  for (const axis of [0, 1, -1]) await check('LpNormalization', [X], { axis, p }, { dynamic: [0, 1] });
  const zero = tensor('float32', [2, 2], [0, 0, 3, 4]);
  const [y] = await runReference('LpNormalization', [zero], { p });
  expect(Array.from(y!.data as Float32Array).slice(0, 2)).toEqual([0, 0]);
});
