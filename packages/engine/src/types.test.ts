import { expect, it } from 'vitest';
import { sourceBytes, storageBits, storageBytes, storageOf } from './types.ts';

it('packed elements take what they take in memory, whole words in all', () => {
  expect(['f32', 'i32', 'u32', 'u16x2', 'u8x4', 'u4x8', 'u2x16'].map((type) => storageBits(type as 'f32'))).toEqual([
    32, 32, 32, 16, 8, 4, 2,
  ]);
  expect([0, 1, 4, 5].map((count) => storageBytes('u8x4', count))).toEqual([0, 4, 4, 8]);
  expect([1, 8, 9].map((count) => storageBytes('u4x8', count))).toEqual([4, 4, 8]);
  expect([16, 17].map((count) => storageBytes('u2x16', count))).toEqual([4, 8]);
  expect(storageBytes('u16x2', 3)).toBe(8);
});

it('whatever is packed can have words of its own too', () => {
  for (const [dtype, [first, ...others]] of Object.entries(storageOf)) {
    if (!first || storageBits(first) === 32) continue;
    expect(storageBits(first), dtype).toBeLessThanOrEqual(8 * sourceBytes(dtype as 'int4'));
    expect(others.map(storageBits), dtype).toEqual([32]);
  }
});
