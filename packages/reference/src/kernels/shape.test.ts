import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { check, runReference, tensor } from '../testing/check.ts';

const whole = (value: bigint | number): Tensor => ({
  dtype: 'int64',
  dims: [],
  data: BigInt64Array.of(BigInt(value)),
});

describe('Range', () => {
  it.each([
    [0, 5, 1],
    [3, 10, 3],
    [3, -2, -2],
    [5, 5, 1],
    [5, 2, 1],
  ])('of integers from %i to %i by %i', (...numbers) => check('Range', numbers.map(whole)));

  it('of integers that float64 does not hold', async () => {
    const far = 2n ** 53n + 1n;
    await check('Range', [far, far + 7n, 3n].map(whole));
    await check('Range', [-far, -far - 5n, -2n].map(whole));
    await check('Range', [0n, 3n * 2n ** 60n, 2n ** 60n].map(whole));
    // ONNX Runtime counts in float64, where these two are one.
    const [last] = await runReference('Range', [2n ** 63n - 4n, 2n ** 63n - 1n, 1n].map(whole));
    expect(last).toEqual({
      ...last!,
      dims: [3],
      data: BigInt64Array.of(2n ** 63n - 4n, 2n ** 63n - 3n, 2n ** 63n - 2n),
    });
  });

  it('of more integers than there is memory for', () =>
    expect(runReference('Range', [0n, 2n ** 63n - 1n, 1n].map(whole))).rejects.toThrow(/^TENSOR_TOO_LARGE: /));

  it('of other numbers', async () => {
    const of = (dtype: 'float32' | 'int16', ...numbers: number[]) => numbers.map((value) => tensor(dtype, [], [value]));
    await check('Range', of('float32', 0, 1, 0.25));
    await check('Range', of('float32', 2, -1, -0.75));
    await check('Range', of('int16', 30000, 32767, 1000));
  });
});
