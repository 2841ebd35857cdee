import { describe, expect, it } from 'vitest';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

const scalar = (value: number) => tensor('int64', [], [value]);

describe('as ONNX Runtime', () => {
  it('Trilu', async () => {
    for (const upper of [0, 1])
      for (const k of [-9, -2, 0, 1, 3, 9]) {
        await check('Trilu', [random([2, 4, 5]), scalar(k)], { upper }, { dynamic: [0, 1, 2] });
        await check('Trilu', [random([3, 2], { dtype: 'int64', low: 1, high: 9 }), scalar(k)], { upper });
      }
    await check('Trilu', [random([3, 3], { dtype: 'float64' })]);
    await check('Trilu', [random([0, 3])]);
  });

  it('OneHot', async () => {
    const values = tensor('float32', [2], [-1, 5]);
    const indices = tensor('int64', [2, 3], [0, 4, -1, -5, 5, -6]);
    for (const axis of [0, 1, -1]) await check('OneHot', [indices, scalar(5), values], { axis }, { dynamic: [0, 1] });
    await check('OneHot', [tensor('int32', [3], [2, 1, 0]), tensor('int32', [1], [3]), tensor('float32', [2], [0, 1])]);
    await check('OneHot', [indices, tensor('float32', [1], [4]), values]);
  });

  it('EyeLike', async () => {
    for (const k of [-4, -1, 0, 2, 9]) await check('EyeLike', [random([3, 5])], { k }, { dynamic: [0, 1] });
    await check('EyeLike', [random([4, 4])], { dtype: 'int64' });
  });

  it('ReverseSequence', async () => {
    const X = random([4, 3, 2]);
    await check('ReverseSequence', [X, ints(4, 1, 2)], {}, { dynamic: [0, 1, 2] });
    await check('ReverseSequence', [X, ints(3, 0, 1, 2)], { batch_axis: 0, time_axis: 1 });
  });

  it('CenterCropPad', async () => {
    const X = random([5, 6, 3]);
    await check('CenterCropPad', [X, ints(2, 9, 3)], {}, { dynamic: [0, 1, 2] });
    await check('CenterCropPad', [X, ints(8, 4)], { axes: [-1, 0] }, { dynamic: [0, 1, 2] });
    await check('CenterCropPad', [X, ints(6)], { axes: [1] });
  });
});

it('Trilu takes a k far beyond the matrix, OneHot strings', async () => {
  const far = { dtype: 'int64', dims: [], data: BigInt64Array.of(2n ** 62n) } as const;
  const X = tensor('float32', [2, 2], [1, 2, 3, 4]);
  expect((await runReference('Trilu', [X, far]))[0]!.data).toEqual(Float32Array.of(0, 0, 0, 0));
  expect((await runReference('Trilu', [X, far], { upper: 0 }))[0]!.data).toEqual(X.data);
  const words = { dtype: 'string', dims: [2], data: ['off', 'on'] } as const;
  expect((await runReference('OneHot', [ints(1, 0), scalar(2), words]))[0]!.data).toEqual(['off', 'on', 'on', 'off']);
});
