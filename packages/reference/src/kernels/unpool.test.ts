import { describe, expect, it } from 'vitest';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

describe('as ONNX Runtime', () => {
  it('Col2Im', async () => {
    await check('Col2Im', [random([2, 12, 6]), ints(5, 4), ints(2, 2)], { strides: [2, 1] }, { dynamic: [0] });
    await check('Col2Im', [random([1, 9, 16]), ints(4, 4), ints(3, 3)], { pads: [1, 1, 1, 1] });
    await check('Col2Im', [random([1, 8, 9]), ints(5, 5), ints(2, 2)], { dilations: [2, 2] });
    await check('Col2Im', [random([1, 8, 4]), ints(3, 3, 2), ints(2, 2, 2)]);
  });

  it('MaxUnpool', async () => {
    const x = random([1, 2, 4, 6]);
    const [pooled, indices] = await runReference(
      'MaxPool',
      [x],
      { kernel_shape: [2, 2], strides: [2, 2] },
      { outputCount: 2 },
    );
    await check('MaxUnpool', [pooled!, indices!], { kernel_shape: [2, 2], strides: [2, 2] }, { dynamic: [0, 1, 2, 3] });
  });
});

it('MaxUnpool adds zeros up to an explicit shape, and refuses indices beyond', async () => {
  const x = tensor('float32', [1, 1, 1, 2], [5, 6]);
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
  const at = (a: number, b: number) => tensor('int64', [1, 1, 1, 2], [a, b]);
  const [y] = await runReference('MaxUnpool', [x, at(5, 3), ints(1, 1, 3, 5)], attributes);
  expect([...y!.data]).toEqual([0, 0, 0, 6, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
  await expect(runReference('MaxUnpool', [x, at(8, 3)], attributes)).rejects.toThrow('index 8 of 8 elements');
});
