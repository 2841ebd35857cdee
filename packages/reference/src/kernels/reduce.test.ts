import type { DType, Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

const OPS = [
  'ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare',
  'ReduceLogSum', 'ReduceLogSumExp',
]; // biome-ignore format: a list
const X = random([2, 3, 4, 5], { low: 0.5, high: 2 });

describe.each(OPS)('%s', (op) => {
  it.each([[[1]], [[-1]], [[0, 2]], [[1, 2]], [[3, 0, 1, 2]]])('axes %o', async (axes) => {
    for (const keepdims of [0, 1]) await check(op, [X, ints(...axes)], { keepdims }, { dynamic: [0, 1, 2, 3] });
  });
  it('all axes, and none', async () => {
    await check(op, [X]);
    await check(op, [X], { keepdims: 0 });
    await check(op, [X, ints()], { noop_with_empty_axes: 0 });
    await check(op, [random([], { low: 1, high: 2 })]);
  });
  it('float64 and negative numbers', async () => {
    if (op !== 'ReduceLogSum') await check(op, [random([3, 40], { dtype: 'float64' }), ints(1)]);
  });
});

it.each(['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceSumSquare'])(
  '%s of integers',
  async (op) => {
    await check(op, [random([3, 4, 5], { dtype: 'int32', low: -9, high: 9 }), ints(1)]);
    if (op === 'ReduceSum' || op === 'ReduceMax' || op === 'ReduceMin')
      await check(op, [random([3, 4, 5], { dtype: 'int64', low: -1e9, high: 1e9 }), ints(0, 2)]);
  },
);

it.each(['ReduceL2', 'ReduceLogSum'])('%s of integers, cut off', async (op) => {
  await check(op, [random([3, 4, 5], { dtype: 'int32', low: 1, high: 9 }), ints(1)]);
  if (op === 'ReduceLogSum') await check(op, [random([3, 4, 5], { dtype: 'int64', low: 1, high: 1e9 }), ints(1)]);
  const squares = [9, 16, 25, 0, 0, 4000, 30000, 7].flatMap((n) => [n, n, 1]);
  await check(op, [tensor('int32', [8, 3], squares), ints(1)]);
});

it('no axes to reduce: the input itself', () => check('ReduceSum', [X, ints()], { noop_with_empty_axes: 1 }));

it.each(['ReduceMax', 'ReduceMin'])('%s of bools', (op) =>
  check(op, [random([4, 3], { dtype: 'bool', low: 0, high: 2 }), ints(1)]),
);

describe.each(['ArgMax', 'ArgMin'])('%s', (op) => {
  const ties = random([3, 4, 5], { dtype: 'int32', low: 0, high: 3 });
  it.each([0, 1, -1])('axis %i', async (axis) => {
    for (const keepdims of [0, 1])
      for (const select_last_index of [0, 1])
        await check(op, [ties], { axis, keepdims, select_last_index }, { dynamic: [0, 1, 2] });
    await check(op, [X], { axis });
  });
});

const numbers = (...values: number[]): Tensor => ({
  dtype: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

describe('of no element', () => {
  const none = (dtype: DType) => random([0, 2], { dtype });

  it.each([
    ['int8', 127, -128],
    ['uint8', 255, 0],
    ['int32', 2 ** 31 - 1, -(2 ** 31)],
    ['int64', 2n ** 63n - 1n, -(2n ** 63n)],
    ['uint64', 2n ** 64n - 1n, 0n],
    ['float32', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ['bool', 1, 0],
  ] as const)('the smallest and the largest are the ends of %s', async (dtype, smallest, largest) => {
    const [min] = await runReference('ReduceMin', [none(dtype), ints(0)], { keepdims: 0 });
    const [max] = await runReference('ReduceMax', [none(dtype), ints(0)], { keepdims: 0 });
    expect([...min!.data]).toEqual([smallest, smallest]);
    expect([...max!.data]).toEqual([largest, largest]);
  });
});

it('integers of 64 bits are exact, and wrap around', async () => {
  const x: Tensor = { dtype: 'int64', dims: [3, 1], data: BigInt64Array.of(2n ** 62n + 1n, 2n ** 62n, 5n) };
  expect((await runReference('ReduceMax', [x, ints(0)]))[0]!.data).toEqual(BigInt64Array.of(2n ** 62n + 1n));
  expect((await runReference('ReduceSum', [x, ints(0)]))[0]!.data).toEqual(BigInt64Array.of(6n - 2n ** 63n));
  expect((await runReference('ReduceMean', [x, ints(0)]))[0]!.data).toEqual(BigInt64Array.of((6n - 2n ** 63n) / 3n));
});

it.each(['ArgMax', 'ArgMin'])('%s takes NaN for the best', async (op) => {
  const x = numbers(1, Number.NaN, 3, Number.NaN, -1);
  for (const [select_last_index, place] of [
    [0, 1n],
    [1, 3n],
  ] as const)
    expect((await runReference(op, [x], { select_last_index }))[0]!.data).toEqual(BigInt64Array.of(place));
});
