import { describe, expect, it } from 'vitest';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

const X = random([1, 2, 5, 7]);
const scales = (...values: number[]) => tensor('float32', [values.length], values);
const COORDINATES = ['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];
/**
 * Where these scales do not give whole sizes, ONNX Runtime differs for align_corners: it divides by the size rounded down,
 * ONNX's own tests by the exact one.
 */
const WHOLE = [[2, 2], [3, 1]]; // biome-ignore format: a list of sizes
const NEAREST = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];

describe.each(COORDINATES)('nearest, %s', (coordinate_transformation_mode) => {
  it.each(NEAREST)('%s', async (nearest_mode) => {
    const attributes = { mode: 'nearest', coordinate_transformation_mode, nearest_mode };
    const sizes = [[2, 2], [3, 1.5], [0.5, 2.5], [0.75, 1]];
    for (const [h, w] of coordinate_transformation_mode === 'align_corners' ? WHOLE : sizes)
      // In the symmetric form ONNX Runtime misses whole coordinates by the rounding of float32: 0.9999999 for 1.
      if (h! >= 1 || coordinate_transformation_mode !== 'half_pixel_symmetric')
        await check('Resize', [X, null, scales(1, 1, h!, w!)], attributes, { dynamic: [0, 1, 2, 3], absolute: 0 });
    // No ratio of small integers: computed in floating point.
    if (!['half_pixel_symmetric', 'align_corners'].includes(coordinate_transformation_mode))
      await check('Resize', [X, null, scales(1, 1, 1.2345678, 0.7654321)], attributes, { absolute: 0 });
    for (const [h, w] of [[10, 14], [9, 3], [1, 8]])
      if (coordinate_transformation_mode !== 'half_pixel_symmetric')
        await check('Resize', [X, null, null, ints(1, 2, h!, w!)], attributes, { dynamic: [2, 3], absolute: 0 });
  });
}); // biome-ignore format: lists of sizes

describe.each(['linear', 'cubic'])('%s', (mode) => {
  it.each(COORDINATES)('%s', async (coordinate_transformation_mode) => {
    const attributes = { mode, coordinate_transformation_mode };
    const sizes = [[2, 2], [3, 1.5], [0.6, 2.5], [0.75, 1]];
    for (const [h, w] of coordinate_transformation_mode === 'align_corners' ? WHOLE : sizes)
      await check('Resize', [X, null, scales(1, 1, h!, w!)], attributes, { absolute: 1e-5 });
    await check('Resize', [X, null, null, ints(1, 2, 11, 3)], attributes, { dynamic: [2, 3], absolute: 1e-5 });
  });
  it('outside the input', async () => {
    const attributes = { mode, coordinate_transformation_mode: 'tf_crop_and_resize', extrapolation_value: 9 };
    const roi = tensor('float32', [8], [0, 0, 0.2, -0.1, 1, 1, 0.9, 1.2]);
    await check('Resize', [X, roi, null, ints(1, 2, 6, 9)], attributes, { constants: [1], absolute: 1e-5 });
    await check('Resize', [X, roi, null, ints(1, 2, 6, 9)], attributes, { absolute: 1e-5 });
  });
  it('antialias', async () => {
    for (const [h, w] of [[0.5, 0.6], [0.3, 2]])
      await check('Resize', [X, null, scales(1, 1, h!, w!)], { mode, antialias: 1 }, { absolute: 1e-5 });
  });
}); // biome-ignore format: lists of sizes

it('align_corners with a scale that does not give whole sizes', async () => {
  const x = tensor('float32', [1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
  const attributes = { mode: 'linear', coordinate_transformation_mode: 'align_corners' };
  const [y] = await runReference('Resize', [x, null, scales(1, 1, 0.6, 0.6)], attributes);
  expect(Array.from(y!.data as Float32Array)).toEqual([1, Math.fround(1 + 3 / 1.4)].map((v) => expect.closeTo(v, 5)));
  const [nearest] = await runReference('Resize', [x, null, scales(1, 1, 0.6, 0.6)], { ...attributes, mode: 'nearest' });
  expect(nearest!.data).toEqual(Float32Array.of(1, 3));
});

it('cubic, with its attributes', async () => {
  const attributes = { mode: 'cubic', cubic_coeff_a: -0.5, exclude_outside: 1 };
  await check('Resize', [X, null, scales(1, 1, 1.7, 0.8)], attributes, { absolute: 1e-5 });
});

it('some axes only', () => check('Resize', [X, null, scales(2, 3)], { axes: [3, 2], nearest_mode: 'floor' }));

it.each(['not_larger', 'not_smaller'])('%s', (keep_aspect_ratio_policy) =>
  check(
    'Resize',
    [X, null, null, ints(9, 21)],
    { axes: [2, 3], keep_aspect_ratio_policy, mode: 'linear' },
    { absolute: 1e-5 },
  ),
);
