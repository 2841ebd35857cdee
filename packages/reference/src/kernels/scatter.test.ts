import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

const X = random([3, 4, 5]);

describe('as ONNX Runtime', () => {
  it('ScatterElements', async () => {
    const indices = tensor(
      'int64',
      [2, 2, 5],
      [...Array(20).keys()].map((i) => (i < 10 ? 1 : -1 - (i % 2) * 2)),
    );
    const updates = random([2, 2, 5], { seed: 3 });
    await check('ScatterElements', [X, indices, updates], { axis: 1 }, { dynamic: [0, 1, 2] });
    for (const reduction of ['add', 'mul', 'max', 'min'])
      await check('ScatterElements', [X, indices, updates], { axis: -2, reduction });
    const rows = tensor(
      'int32',
      [2, 4, 5],
      [...Array(40).keys()].map((i) => i % 3),
    );
    for (const dtype of ['int64', 'int32', 'float64'] as const) {
      const numbers = { dtype, low: -9, high: 9 } as const;
      await check('ScatterElements', [random([3, 4, 5], numbers), rows, random([2, 4, 5], { ...numbers, seed: 4 })], {
        reduction: 'add',
      });
    }
    await check('ScatterElements', [X, tensor('int64', [0, 4, 5], []), random([0, 4, 5])]);
  });

  it('Scatter-9', async () => {
    const indices = tensor('int64', [1, 2, 5], [2, 1, 0, 2, 1, 0, 0, 0, 1, 1]);
    await check('ScatterElements', [X, indices, random([1, 2, 5])], {}, { opset: 11 });
  });

  it('ScatterND', async () => {
    const slices = tensor('int64', [2, 1], [2, -3]);
    await check('ScatterND', [X, slices, random([2, 4, 5], { seed: 2 })], {}, { dynamic: [0, 1, 2] });
    const elements = tensor('int64', [2, 2, 3], [0, 1, 2, 2, 3, 4, 0, 1, 2, 1, -1, -5]);
    await check('ScatterND', [X, elements, random([2, 2], { seed: 2 })]);
    for (const reduction of ['add', 'mul', 'max', 'min'])
      await check('ScatterND', [X, elements, random([2, 2], { seed: 2 })], { reduction });
    await check('ScatterND', [
      random([4], { dtype: 'int64', low: -5, high: 5 }),
      tensor('int64', [2, 1], [3, 0]),
      tensor('int64', [2], [7, 8]),
    ]);
  });
});

describe('ScatterElements', () => {
  it('moves strings, and combines bools as logic does', async () => {
    const words = { dtype: 'string', dims: [3], data: ['a', 'b', 'c'] } as const;
    const more = { dtype: 'string', dims: [2], data: ['y', 'z'] } as const;
    const [y] = await runReference('ScatterElements', [words, tensor('int64', [2], [2, 0]), more]);
    expect(y!.data).toEqual(['z', 'b', 'y']);
    await expect(
      runReference('ScatterElements', [words, tensor('int64', [2], [2, 0]), more], { reduction: 'add' }),
    ).rejects.toThrow('the reduction add of string tensors');
    const [or] = await runReference(
      'ScatterElements',
      [tensor('bool', [3], [1, 0, 0]), tensor('int64', [3], [0, 1, 1]), tensor('bool', [3], [1, 1, 0])],
      { reduction: 'add' },
    );
    expect([...or!.data]).toEqual([1, 1, 0]);
  });

  it('names an index that is out of range', async () => {
    const updates = random([1, 4, 5]);
    const indices = tensor('int64', [1, 4, 5], new Array(20).fill(3));
    await expect(runReference('ScatterElements', [X, indices, updates])).rejects.toThrow(
      'index 3 of axis 0, which has 3',
    );
  });
});

describe('TensorScatter', () => {
  const past = tensor('float32', [2, 3, 1], [1, 2, 3, 4, 5, 6]);
  const update = tensor('float32', [2, 2, 1], [10, 20, 30, 40]);
  const written = async (mode: string, ...starts: number[]) => {
    const indices = starts.length ? tensor('int64', [2], starts) : null;
    return [...(await runReference('TensorScatter', [past, update, indices], { mode }))[0]!.data];
  };
  it('writes from a place of each batch on, around the end where circular', async () => {
    expect(await written('linear')).toEqual([10, 20, 3, 30, 40, 6]);
    expect(await written('linear', 1, 0)).toEqual([1, 10, 20, 30, 40, 6]);
    expect(await written('circular', 2, 4)).toEqual([20, 2, 10, 4, 30, 40]);
  });
});
