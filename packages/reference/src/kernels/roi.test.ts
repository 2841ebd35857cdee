import { describe, expect, it } from 'vitest';
import { check, ints, random, runReference, tensor } from '../testing/check.ts';

const X = random([2, 3, 9, 11]);
// Some reach over the edges, one is empty.
const boxes = [1, 2, 7.5, 6.2, -3, 0.4, 4, 20, 8, 8, 8.1, 8.3, 5, 5, 3, 4];

describe('RoiAlign', () => {
  const rois = tensor('float32', [4, 4], boxes);
  const inputs = [X, rois, ints(0, 1, 1, 0)];
  const size = { output_height: 3, output_width: 2 };

  it.each(['avg', 'max'])('%s', async (mode) => {
    await check('RoiAlign', inputs, { ...size, mode, sampling_ratio: 2 }, { opset: 16, dynamic: [1, 2, 3] });
    await check('RoiAlign', inputs, { ...size, mode, sampling_ratio: 3, spatial_scale: 0.7 }, { opset: 16 });
    const coordinate_transformation_mode = 'output_half_pixel';
    await check('RoiAlign', inputs, { ...size, mode, coordinate_transformation_mode }, { opset: 16 });
  });

  it('does not walk the points outside of the picture', async () => {
    const far = tensor('float32', [2, 4], [-1e30, 0, 1e30, 5, 0, 0, 4, 4]);
    const [y] = await runReference('RoiAlign', [X, far, ints(0, 0)], { ...size, spatial_scale: 1000 });
    expect([...(y!.data as Float32Array)].every(Number.isFinite)).toBe(true);
    // Points are one element apart: three by three of a million lie on the picture, at or before its outer edge.
    const corner = tensor('float32', [1, 4], [0, 0, 1000, 1000]);
    const [all] = await runReference('RoiAlign', [tensor('float32', [1, 1, 2, 2], [4, 4, 4, 4]), corner, ints(0)]);
    expect((all!.data as Float32Array)[0]).toBeCloseTo((4 * 3 ** 2) / 1000 ** 2, 10);
  });

  it('refuses a batch element that is not there', async () => {
    await expect(runReference('RoiAlign', [X, rois, ints(0, 1, 2, 0)])).rejects.toThrow('batch element 2 of 2');
  });
});

it('MaxRoiPool', async () => {
  const rows = [0, 1, 2, 3].flatMap((i) => [i % 2, ...boxes.slice(4 * i, 4 * i + 4)]);
  const rois = tensor('float32', [4, 5], rows);
  await check('MaxRoiPool', [X, rois], { pooled_shape: [3, 2] }, { opset: 21, dynamic: [1, 2] });
  await check('MaxRoiPool', [X, rois], { pooled_shape: [2, 4], spatial_scale: 0.7 }, { opset: 21 });
});
