import { expect, test } from 'vitest';
import { uprightStrip } from './classify.ts';
import type { Tensor } from './tensor.ts';

const strip = { width: 2, height: 1, rgba: Uint8ClampedArray.of(1, 1, 1, 255, 2, 2, 2, 255) };

const says = (upsideDown: number) => async (): Promise<Tensor> => ({
  data: Float32Array.of(1 - upsideDown, upsideDown),
  dims: [1, 2],
});

test('turns a strip that is surely upside down', async () => {
  const result = await uprightStrip(strip, says(0.95));
  expect(result.turned).toBe(true);
  expect(result.strip.rgba[0]).toBe(2);
});

test('leaves a strip in doubt', async () => {
  expect(await uprightStrip(strip, says(0.85))).toEqual({ strip, turned: false });
});

test.each([
  [1, 300],
  [100, 100],
  [5000, 20],
])('a strip of %d x %d goes in as 48 x 192', async (width, height) => {
  const rgba = new Uint8ClampedArray(width * height * 4);
  await uprightStrip({ width, height, rgba }, async ({ dims }) => {
    expect(dims).toEqual([1, 3, 48, 192]);
    return says(0)();
  });
});
