import { expect, it } from 'vitest';
import { runReference, tensor } from '../testing/check.ts';

it('BitCast keeps the bits', async () => {
  const cast = async (from: Parameters<typeof tensor>[0], to: string, ...values: number[]) => [
    ...(await runReference('BitCast', [tensor(from, [values.length], values)], { to }))[0]!.data,
  ];
  expect(await cast('float32', 'int32', 1, -0)).toEqual([0x3f800000, -(2 ** 31)]);
  expect(await cast('int32', 'float32', 0x40490fdb)).toEqual([Math.fround(Math.PI)]);
  expect(await cast('int8', 'uint8', -1, 5)).toEqual([255, 5]);
  expect(await cast('uint64', 'float64', 0)).toEqual([0]);
  expect(await cast('float16', 'uint16', 1)).toEqual([0x3c00]);
  expect(await cast('int4', 'uint4', -1, 7)).toEqual([15, 7]);
  await expect(cast('int8', 'int16', 1)).rejects.toThrow('8 bits of int8 as 16 of int16');
});
