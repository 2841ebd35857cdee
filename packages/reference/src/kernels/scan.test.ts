import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

const X = random([2, 3, 4, 5]);
const axis = (value: number) => tensor('int64', [], [value]);

describe('as ONNX Runtime', () => {
  it('CumSum', async () => {
    for (const exclusive of [0, 1])
      for (const reverse of [0, 1])
        for (const a of [0, 2, -1]) await check('CumSum', [X, axis(a)], { exclusive, reverse });
    await check('CumSum', [X, tensor('int32', [1], [-2])], {}, { dynamic: [0, 1, 2, 3] });
    for (const dtype of ['int32', 'int64', 'float64'] as const)
      await check('CumSum', [random([3, 4], { dtype, low: -9, high: 9 }), axis(1)]);
    await check('CumSum', [random([3, 0, 2]), axis(1)]);
  });
});

describe('CumProd', () => {
  const products = async (attributes: Record<string, number>) => [
    ...(await runReference('CumProd', [tensor('float32', [4], [1, 2, 3, 4]), axis(0)], attributes))[0]!.data,
  ];

  it('multiplies, with or without the element itself, from either side', async () => {
    expect(await products({})).toEqual([1, 2, 6, 24]);
    expect(await products({ exclusive: 1 })).toEqual([1, 1, 2, 6]);
    expect(await products({ reverse: 1 })).toEqual([24, 24, 12, 4]);
    expect(await products({ reverse: 1, exclusive: 1 })).toEqual([24, 12, 4, 1]);
  });

  it('wraps around at the width of integers', async () => {
    const of = async (dtype: 'int32' | 'uint32' | 'int64', values: number[]) => {
      const [y] = await runReference('CumProd', [tensor(dtype, [values.length], values), axis(-1)]);
      return y!.data[values.length - 1];
    };
    expect(await of('int32', [65537, 65537, 3])).toBe(Number(BigInt.asIntN(32, 65537n * 65537n * 3n)));
    expect(await of('uint32', [2 ** 31, 3])).toBe(2 ** 31);
    expect(await of('int64', [2 ** 40, 2 ** 23, 3])).toBe(BigInt.asIntN(64, 3n << 63n));
  });
});

it('takes the axis at run time too, and refuses one that is not there', async () => {
  await expect(runReference('CumSum', [X, axis(4)])).rejects.toThrow('axis 4 of a tensor of rank 4');
});
