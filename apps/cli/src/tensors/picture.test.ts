import { expect, test } from 'vitest';
import type { Picture } from '../picture.ts';
import { type PictureOptions, pictureTensor } from './picture.ts';

// Red, green; half transparent blue, white.
const picture: Picture = {
  width: 2,
  height: 2,
  rgba: Uint8ClampedArray.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 128, 255, 255, 255, 255),
};

function tensor(dims: (number | undefined)[], options: PictureOptions = {}, dtype: 'float32' | 'uint8' = 'float32') {
  return pictureTensor(picture, { name: 'x', dtype, dims }, options);
}

test('NCHW, 0 to 1, on white', () => {
  const { dims, data } = tensor([1, 3, 2, 2]);
  expect(dims).toEqual([1, 3, 2, 2]);
  const blue = 127 / 255;
  const expected = [1, 0, blue, 1, 0, 1, blue, 1, 0, 0, 1, 1];
  expected.forEach((value, i) => void expect(data[i]).toBeCloseTo(value, 6));
});

test('the same pixels in every layout', () => {
  const planes = tensor([1, 3, 2, 2]).data;
  expect(tensor([3, 2, 2])).toMatchObject({ dims: [3, 2, 2], data: planes });
  expect(tensor([undefined, 3, undefined, undefined])).toMatchObject({ dims: [1, 3, 2, 2], data: planes });
  const { dims, data } = tensor([1, 2, 2, 3]);
  expect(dims).toEqual([1, 2, 2, 3]);
  for (let c = 0; c < 3; c++) for (let i = 0; i < 4; i++) expect(data[i * 3 + c]).toBe(planes[c * 4 + i]);
});

test('one channel is the luma, four keep the alpha', () => {
  const { dims, data } = tensor([2, 2]);
  expect(dims).toEqual([2, 2]);
  expect(data[0]).toBeCloseTo(0.299, 6);
  expect(data[1]).toBeCloseTo(0.587, 6);
  expect(tensor([1, 1, 2, 2]).data).toEqual(data);
  const alpha = tensor([1, 4, 2, 2]).data;
  expect([alpha[8 + 2], alpha[12], alpha[12 + 2]]).toEqual([1, 1, Math.fround(128 / 255)]);
});

test('scale, mean and std', () => {
  const { data } = tensor([1, 3, 2, 2], { mean: [0.5, 0.25, 0], std: [0.5, 1, 2] });
  expect([data[0], data[1], data[5], data[11]]).toEqual([1, -1, 0.75, 0.5]);
  expect(tensor([1, 3, 2, 2], { scale: 1, mean: [127.5], std: [127.5] }).data[0]).toBe(1);
});

test('integers get bytes', () => {
  expect(tensor([1, 3, 2, 2], {}, 'uint8').data.slice(0, 4)).toEqual(Uint8Array.of(255, 0, 127, 255));
});

test('resized to what the input has', () => {
  expect(tensor([1, 3, 4, 6]).dims).toEqual([1, 3, 4, 6]);
  expect(tensor([1, 3, 1, 1]).data[0]).toBeCloseTo((1 + 0 + 127 / 255 + 1) / 4, 2);
});

test.each([
  [[5], /1 axes/],
  [[1, 1, 3, 2, 2], /5 axes/],
  [[2, 3, 2, 2], /batch is 2/],
  [[1, 2, 2, 2], /no axis has/],
])('does not fit %j', (dims, message) => {
  expect(() => tensor(dims)).toThrow(
    expect.objectContaining({ code: 'PICTURE', message: expect.stringMatching(message) }),
  );
});

test('a mean for each channel, or one for all', () => {
  expect(() => tensor([1, 3, 2, 2], { mean: [1, 2] })).toThrow(/--mean has 2 numbers for 3 channels/);
});
