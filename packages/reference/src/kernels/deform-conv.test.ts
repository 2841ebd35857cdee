import { describe, expect, it } from 'vitest';
import { check, random, runReference } from '../testing/check.ts';

describe('DeformConv', () => {
  const X = random([2, 4, 6, 7]);
  const W = random([6, 2, 3, 2], { seed: 2 });
  const attributes = { group: 2, offset_group: 2, pads: [1, 0, 1, 1], strides: [2, 1], dilations: [1, 2] };
  // 2 groups of offsets, 6 taps, 2 axes; 3 × 6 outputs.
  const offset = random([2, 24, 3, 6], { seed: 3, low: -2, high: 2 });
  const bias = random([6], { seed: 4 });
  const mask = random([2, 12, 3, 6], { seed: 5, low: 0 });

  it('with offsets, bias and mask', async () => {
    await check('DeformConv', [X, W, offset], attributes, { dynamic: [0] });
    await check('DeformConv', [X, W, offset, bias, mask], attributes);
    await check('DeformConv', [X, W, offset, null, mask], attributes);
  });

  it('without offsets is a convolution', async () => {
    for (const dims of [[5, 6], [3, 4, 5], [8]]) {
      const x = random([1, 2, ...dims]);
      const w = random([3, 2, ...dims.map(() => 2)], { seed: 2 });
      const zeros = random([1, 2 ** dims.length * dims.length, ...dims.map((dim) => dim - 1)], { low: 0, high: 0 });
      const [y] = await runReference('DeformConv', [x, w, zeros]);
      const [expected] = await runReference('Conv', [x, w]);
      expect(y!.dims).toEqual(expected!.dims);
      (y!.data as Float32Array).forEach((value, i) => {
        expect(value).toBeCloseTo((expected!.data as Float32Array)[i]!, 5);
      });
    }
  });

  it('refuses offsets that do not fit', async () => {
    await expect(runReference('DeformConv', [X, W, random([2, 23, 3, 6])], attributes)).rejects.toThrow(
      '23 and 24 differ',
    );
  });
});
