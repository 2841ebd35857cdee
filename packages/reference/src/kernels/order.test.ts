import { describe, expect, it } from 'vitest';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

const X = random([2, 3, 7, 2]);

describe('as ONNX Runtime', () => {
  it('TopK', async () => {
    for (const largest of [0, 1])
      for (const axis of [2, -1, 0])
        await check('TopK', [X, ints(2)], { largest, axis }, { outputCount: 2, dynamic: [0, 1, 2, 3] });
    const ties = tensor('float32', [2, 6], [1, 3, 3, 2, 1, 3, 0, 0, 0, 0, -1, 0]);
    for (const largest of [0, 1]) await check('TopK', [ties, ints(4)], { largest }, { outputCount: 2 });
    for (const dtype of ['int64', 'int32', 'uint8', 'float64'] as const)
      await check('TopK', [random([5, 9], { dtype, low: 0, high: 20 }), ints(9)], { axis: 1 }, { outputCount: 2 });
    await check('TopK', [X, ints(0)], {}, { outputCount: 2 });
    const many = random([3, 500], { dtype: 'int32', low: 0, high: 40 });
    for (const k of [1, 37, 499, 500])
      for (const largest of [0, 1]) await check('TopK', [many, ints(k)], { largest }, { outputCount: 2 });
  });

  it('Hardmax', async () => {
    for (const axis of [0, 1, -1]) await check('Hardmax', [X], { axis }, { dynamic: [0, 1, 2, 3] });
    await check('Hardmax', [tensor('float32', [2, 3], [1, 2, 2, 0, 0, 0])]);
    for (const axis of [1, 2]) await check('Hardmax', [random([2, 3, 4])], { axis }, { opset: axis === 2 ? 12 : 13 });
  });
});

it('TopK keeps integers that no float64 holds, puts NaN above all numbers and refuses more than there is', async () => {
  const data = BigInt64Array.of(2n ** 60n, 2n ** 60n + 1n, 5n);
  const [values, places] = await runReference(
    'TopK',
    [{ dtype: 'int64', dims: [3], data }, ints(1)],
    {},
    { outputCount: 2 },
  );
  expect([values!.data[0], places!.data[0]]).toEqual([2n ** 60n + 1n, 1n]);
  const [largest] = await runReference('TopK', [tensor('float32', [3], [1, Number.NaN, 2]), ints(2)], {});
  expect([...largest!.data]).toEqual([Number.NaN, 2]);
  await expect(runReference('TopK', [X, ints(3)])).rejects.toThrow('the 3 largest of 2 elements');
});
