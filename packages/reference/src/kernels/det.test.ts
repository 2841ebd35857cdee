import { expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

it('Det is as ONNX Runtime has it', async () => {
  await check('Det', [random([3, 3])], {}, { opset: 21 });
  await check('Det', [random([2, 3, 5, 5])], {}, { opset: 21, dynamic: [0, 1], relative: 1e-4 });
  await check('Det', [tensor('float32', [1, 1], [7])], {}, { opset: 21 });
});

it('Det of a singular matrix, and of one with a zero in its first place', async () => {
  const of = async (...values: number[]) =>
    (await runReference('Det', [tensor('float64', [2, 2], values)]))[0]!.data[0];
  expect(await of(1, 2, 2, 4)).toBe(0);
  expect(await of(0, 2, 3, 4)).toBe(-6);
});
