import { describe, expect, it } from 'vitest';
import { check, random, runReference } from '../testing/check.ts';

const X = random([2, 3, 11, 13]);

describe('MaxPool', () => {
  const cases: Record<string, unknown>[] = [
    { kernel_shape: [2, 2], strides: [2, 2] },
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    { kernel_shape: [2, 3], strides: [3, 3], pads: [1, 0, 0, 2], ceil_mode: 1 },
    { kernel_shape: [1, 1], strides: [2, 2], ceil_mode: 1 },
    { kernel_shape: [3, 2], dilations: [2, 3] },
    { kernel_shape: [4, 4], strides: [3, 3], auto_pad: 'SAME_UPPER' },
    { kernel_shape: [4, 4], strides: [2, 2], auto_pad: 'SAME_LOWER' },
    { kernel_shape: [4, 4], strides: [2, 2], auto_pad: 'VALID' },
  ];
  it.each(cases)('%o', async (attributes) => {
    await check('MaxPool', [X], attributes as never, { dynamic: [0, 1, 2, 3], absolute: 0 });
    await check('MaxPool', [X], attributes as never, { outputCount: 2 });
  });
  it('1-D, 3-D, 8-bit', async () => {
    await check('MaxPool', [random([2, 3, 12])], { kernel_shape: [3], strides: [2] });
    await check(
      'MaxPool',
      [random([1, 2, 6, 7, 8])],
      { kernel_shape: [2, 3, 2], strides: [2, 1, 2] },
      { outputCount: 2 },
    );
    await check('MaxPool', [random([1, 2, 6, 7], { dtype: 'uint8', low: 0, high: 255 })], { kernel_shape: [3, 3] });
  });
  it('column-major indices', async () => {
    await check('MaxPool', [X], { kernel_shape: [3, 3], storage_order: 1 }, { outputCount: 2 });
  });
});

it.each(['MaxPool', 'AveragePool', 'LpPool'])('%s under a window far larger than the input', async (op) => {
  const side = 2 ** 20;
  const window = { kernel_shape: [side, side], pads: new Array(4).fill(side - 1), strides: [side, side] };
  const [y] = await runReference(op, [random([1, 1, 2, 2])], window);
  expect(y!.dims).toEqual([1, 1, 2, 2]);
});

describe('AveragePool', () => {
  const cases: Record<string, unknown>[] = [
    { kernel_shape: [2, 2], strides: [2, 2] },
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 },
    { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
    { kernel_shape: [3, 4], strides: [3, 3], pads: [1, 1, 0, 2], ceil_mode: 1 },
    { kernel_shape: [3, 4], strides: [3, 3], pads: [1, 1, 0, 2], ceil_mode: 1, count_include_pad: 1 },
    { kernel_shape: [2, 2], dilations: [2, 3], pads: [1, 1, 1, 1] },
    { kernel_shape: [2, 2], dilations: [2, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
    { kernel_shape: [4, 4], strides: [3, 3], auto_pad: 'SAME_UPPER' },
    { kernel_shape: [4, 4], strides: [3, 3], auto_pad: 'SAME_LOWER', count_include_pad: 1 },
  ];
  it.each(cases)('%o', (attributes) => check('AveragePool', [X], attributes as never, { dynamic: [0, 1, 2, 3] }));
  it('1-D and 3-D', async () => {
    await check('AveragePool', [random([2, 3, 12])], { kernel_shape: [3], strides: [2] });
    await check('AveragePool', [random([1, 2, 6, 7, 8])], { kernel_shape: [2, 3, 2], pads: [1, 1, 1, 0, 1, 0] });
  });
});

describe('global pools', () => {
  it.each(['GlobalAveragePool', 'GlobalMaxPool'])('%s', async (op) => {
    await check(op, [X], {}, { dynamic: [0, 1, 2, 3] });
    await check(op, [random([2, 3, 9])]);
    await check(op, [random([1, 2, 3, 4, 5])]);
  });
});

describe('p-norms', () => {
  const X = random([2, 3, 7, 6], { low: -2, high: 2 });
  it.each([1, 2, 3])('LpPool, p = %i', async (p) => {
    const window = { kernel_shape: [3, 2], p };
    await check('LpPool', [X], window, { dynamic: [0, 2] });
    await check('LpPool', [X], { ...window, strides: [2, 1], pads: [1, 0, 1, 1], dilations: [2, 1] });
    await check('LpPool', [X], { ...window, strides: [2, 2], ceil_mode: 1 });
    await check('LpPool', [X], { ...window, auto_pad: 'SAME_LOWER' });
  });
  it.each([1, 2, 3])('GlobalLpPool, p = %i', (p) =>
    check('GlobalLpPool', [X], { p }, { opset: 21, dynamic: [0, 2, 3] }),
  );
});
