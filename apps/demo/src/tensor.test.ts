import { expect, test } from 'vitest';
import { PLUS_MINUS_ONE, pictureToTensor } from './tensor.ts';

test('pictureToTensor gives planes blue, green, red, normalized and padded with 0', () => {
  const picture = { width: 2, height: 1, rgba: Uint8ClampedArray.of(255, 0, 51, 255, 0, 255, 204, 255) };
  const { data, dims } = pictureToTensor(picture, PLUS_MINUS_ONE, 3);
  expect(dims).toEqual([1, 3, 1, 3]);
  const expected = [-0.6, 0.6, 0, -1, 1, 0, 1, -1, 0];
  expected.forEach((value, i) => void expect(data[i]).toBeCloseTo(value));
});
