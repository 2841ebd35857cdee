import { describe, expect, it } from 'vitest';
import { check, random, runReference, tensor } from '../testing/check.ts';

const loose = { absolute: 5e-5 };

describe('MatMul', () => {
  const cases: [number[], number[]][] = [
    [[7, 9], [9, 5]],
    [[2, 3, 7, 300], [2, 3, 300, 5]],
    [[3, 1, 4, 5], [2, 5, 6]],
    [[4, 6], [3, 2, 6, 5]],
    [[6], [6]],
    [[6], [6, 3]],
    [[2, 4, 6], [6]],
    [[6], [5, 6, 2]],
    [[1, 200], [200, 131]],
    [[130, 1], [1, 140]],
    [[0, 4], [4, 3]],
    [[3, 0], [0, 3]],
  ]; // biome-ignore format: a table
  it.each(cases)('%o × %o', (a, b) => check('MatMul', [random(a), random(b, { seed: 2 })], {}, loose));

  it('integers', async () => {
    const dtype = 'int32' as const;
    const a = random([5, 6], { dtype, low: -100, high: 100 });
    await check('MatMul', [a, random([6, 4], { dtype, low: -100, high: 100, seed: 2 })]);
  });

  it('dynamic batch and rows', () =>
    check('MatMul', [random([3, 5, 6]), random([6, 4])], {}, { ...loose, dynamic: [0, 1] }));
});

describe('Gemm', () => {
  it.each([0, 1, 2, 3])('transposed %i', async (bits) => {
    const [transA, transB] = [bits & 1, bits >> 1];
    const a = random(transA ? [40, 7] : [7, 40]);
    const b = random(transB ? [9, 40] : [40, 9], { seed: 2 });
    await check('Gemm', [a, b], { transA, transB }, loose);
    for (const c of [[7, 9], [9], [7, 1], [1, 9], [], [1]])
      await check('Gemm', [a, b, random(c, { seed: 3 })], { transA, transB, alpha: 0.5, beta: 2 }, loose);
  });
  it('one row', async () => {
    await check('Gemm', [random([1, 300]), random([50, 300]), random([50])], { transB: 1 }, loose);
    await check('Gemm', [random([1, 300]), random([300, 50]), random([50])], {}, loose);
  });
});

it('sums of int64 beyond 2^53 are refused', async () => {
  const a = tensor('int64', [1, 1], [2 ** 40]);
  await expect(runReference('MatMul', [a, a])).rejects.toThrow('leave the range');
});
