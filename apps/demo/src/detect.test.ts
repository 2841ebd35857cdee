import { describe, expect, test } from 'vitest';
import { boxesOfMap, detectLines, detectorSize, readingOrder } from './detect.ts';
import type { Quad } from './geometry.ts';
import type { Tensor } from './tensor.ts';

/** A probability map with boxes `[left, top, right, bottom, probability]`. */
function map(width: number, height: number, ...boxes: number[][]): Tensor {
  const data = new Float32Array(width * height);
  for (const [left, top, right, bottom, probability] of boxes) {
    for (let y = top; y < bottom; y++) data.fill(probability, y * width + left, y * width + right);
  }
  return { data, dims: [1, 1, height, width] };
}

const box = (left: number, top: number, right: number, bottom: number): Quad => [
  { x: left, y: top },
  { x: right, y: top },
  { x: right, y: bottom },
  { x: left, y: bottom },
];

test.each([
  [800, 600, 800, 608],
  [1, 1, 32, 32],
  [4000, 3000, 960, 736],
  [5000, 10, 960, 32],
  [33, 47, 32, 32],
])('detectorSize of %d x %d is %d x %d', (width, height, toWidth, toHeight) => {
  expect(detectorSize({ width, height })).toEqual({ width: toWidth, height: toHeight });
});

test('detectorSize stays within a limit that is no multiple of 32', () => {
  expect(detectorSize({ width: 2000, height: 2000 }, 1010)).toEqual({ width: 992, height: 992 });
});

describe('boxesOfMap', () => {
  test('grows a box as DB asks', () => {
    // 30 x 10 grows by 30 * 10 * 2 / 80 = 7.5 on each side.
    expect(boxesOfMap(map(64, 32, [10, 10, 40, 20, 0.9]))).toEqual([box(2.5, 2.5, 47.5, 27.5)]);
  });

  test('drops what is improbable, thin, or below the threshold', () => {
    expect(boxesOfMap(map(64, 32, [10, 10, 40, 20, 0.5]))).toEqual([]);
    expect(boxesOfMap(map(64, 32, [10, 10, 40, 12, 0.9]))).toEqual([]);
    expect(boxesOfMap(map(64, 32, [10, 10, 40, 20, 0.2]), { boxThreshold: 0 })).toEqual([]);
    expect(boxesOfMap(map(64, 32))).toEqual([]);
  });

  test('keeps boxes apart', () => {
    expect(boxesOfMap(map(64, 64, [10, 10, 40, 20, 0.9], [10, 30, 40, 40, 0.8]))).toHaveLength(2);
  });
});

test('boxes are mapped to the picture and cut at its edge', async () => {
  const picture = { width: 128, height: 16, rgba: new Uint8ClampedArray(128 * 16 * 4) };
  const quads = await detectLines(picture, async ({ dims }) => {
    expect(dims).toEqual([1, 3, 32, 128]);
    return map(128, 32, [32, 12, 112, 22, 0.9]);
  });
  const offset = (80 * 10 * 2) / 180;
  const [[topLeft, , bottomRight]] = quads;
  expect(topLeft.x).toBeCloseTo(32 - offset);
  expect(topLeft.y).toBeCloseTo((12 - offset) / 2);
  expect(bottomRight.x).toBeCloseTo(112 + offset);
  expect(bottomRight.y).toBeCloseTo((22 + offset) / 2);
});

test('readingOrder goes by rows, then from left to right', () => {
  const quads = [box(200, 12, 300, 32), box(0, 100, 300, 120), box(0, 10, 100, 30), box(120, 8, 180, 28)];
  expect(readingOrder(quads)).toEqual([quads[2], quads[3], quads[0], quads[1]]);
});
