import type { Picture } from '@trtx/cli/picture';
import { expect, test } from 'vitest';
import { annotate } from './annotate.ts';
import type { Line } from './read.ts';

const white = (width: number, height: number) => ({
  width,
  height,
  rgba: new Uint8ClampedArray(width * height * 4).fill(255),
});

const line: Line = {
  text: 'hello',
  confidence: 0.99,
  turned: true,
  quad: [
    { x: 40, y: 20 },
    { x: 160, y: 20 },
    { x: 160, y: 50 },
    { x: 40, y: 50 },
  ],
};

/** Whether anything but white and grey is in the columns `from <= x < to`. */
function isColored({ width, rgba }: Picture, from: number, to: number): boolean {
  for (let i = 0; i < rgba.length; i += 4) {
    const x = (i / 4) % width;
    if (x >= from && x < to && Math.abs(rgba[i] - rgba[i + 2]) > 40) return true;
  }
  return false;
}

test('puts the picture and its text side by side', () => {
  const result = annotate(white(200, 100), [line]);
  expect(result.width).toBeGreaterThan(400);
  expect(result.height).toBeGreaterThan(100);
  expect(isColored(result, 0, result.width / 2)).toBe(true);
  expect(isColored(result, result.width / 2, result.width)).toBe(true);
});

test('without lines, and of the smallest picture', () => {
  const result = annotate(white(200, 100), []);
  expect(isColored(result, 0, result.width)).toBe(false);
  expect(annotate(white(1, 1), []).width).toBeGreaterThan(2);
});

test('shrinks a large picture', () => {
  const result = annotate(white(4000, 500), []);
  expect(result.width).toBeLessThan(4200);
  expect(result.height).toBeLessThan(400);
});

test('a line whose quad has no area', () => {
  const point = { x: 3, y: 3 };
  expect(() => annotate(white(20, 20), [{ ...line, quad: [point, point, point, point] }])).not.toThrow();
});
