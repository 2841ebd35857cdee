import { describe, expect, it } from 'vitest';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

const close = { absolute: 2e-5, relative: 1e-4 };

describe('as ONNX Runtime', () => {
  const images = random([2, 3, 5, 4]);
  const grid = random([2, 6, 7, 2], { low: -2.2, high: 2.2, seed: 5 });
  it.each(['linear', 'nearest', 'cubic'])('GridSample of images, %s', async (mode) => {
    for (const padding_mode of ['zeros', 'border', 'reflection'])
      for (const align_corners of [0, 1])
        await check(
          'GridSample',
          [images, grid],
          { mode, padding_mode, align_corners },
          { ...close, dynamic: [0, 1, 2, 3] },
        );
  });

  it.each(['linear', 'nearest'])('GridSample of volumes, %s', async (mode) => {
    const volume = random([1, 2, 3, 4, 5]);
    const at = random([1, 2, 3, 4, 3], { low: -1.6, high: 1.6, seed: 5 });
    for (const padding_mode of ['zeros', 'border', 'reflection'])
      await check('GridSample', [volume, at], { mode, padding_mode }, close);
  });

  it('AffineGrid', async () => {
    for (const align_corners of [0, 1]) {
      await check('AffineGrid', [random([2, 2, 3]), ints(2, 3, 4, 5)], { align_corners }, close);
      await check(
        'AffineGrid',
        [random([1, 3, 4]), ints(1, 3, 2, 4, 5)],
        { align_corners },
        { ...close, dynamic: [0] },
      );
    }
  });
});

it('GridSample along one axis, and of positions far away', async () => {
  const x = tensor('float32', [1, 1, 4], [0, 10, 20, 30]);
  const at = tensor('float32', [1, 3, 1], [-1, 0.25, 1e6]);
  const sample = async (padding_mode: string) => [
    ...(await runReference('GridSample', [x, at], { padding_mode, align_corners: 1 }))[0]!.data,
  ];
  expect(await sample('border')).toEqual([0, 18.75, 30]);
  expect(await sample('zeros')).toEqual([0, 18.75, 0]);
  const [mirrored] = (await sample('reflection')).slice(2) as [number];
  expect(mirrored).toBeGreaterThanOrEqual(0);
  expect(mirrored).toBeLessThanOrEqual(30);
});
