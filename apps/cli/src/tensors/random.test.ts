import { expect, test } from 'vitest';
import { randomTensor } from './random.ts';

test('the same seed gives the same elements, another gives others', () => {
  expect(randomTensor('float32', [2, 3], 7)).toEqual(randomTensor('float32', [2, 3], 7));
  expect(randomTensor('float32', [2, 3], 7)).not.toEqual(randomTensor('float32', [2, 3], 8));
  // So that recorded results stay valid.
  expect(randomTensor('float64', [1], 0).data[0]).toBeCloseTo(-0.4671, 4);
});

test('ranges by type', () => {
  const range = (dtype: Parameters<typeof randomTensor>[0]) => {
    const values = Array.from(randomTensor(dtype, [10_000], 1).data as ArrayLike<number | bigint>, Number);
    return [Math.min(...values), Math.max(...values), values.reduce((a, b) => a + b) / values.length];
  };
  const [min, max, mean] = range('float32') as [number, number, number];
  expect(min).toBeLessThan(-0.99);
  expect(max).toBeGreaterThan(0.99);
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(range('int64').slice(0, 2)).toEqual([0, 9]);
  expect(range('uint8').slice(0, 2)).toEqual([0, 9]);
  expect(range('bool').slice(0, 2)).toEqual([0, 1]);
  expect(randomTensor('float32', [0], 1).data).toHaveLength(0);
});
