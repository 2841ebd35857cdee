import type { Picture } from '@trtx/cli/picture';
import { expect, test } from 'vitest';
import type { Quad } from './geometry.ts';
import { projection, rectify } from './rectify.ts';

/** A picture of the function `value`, taken at pixel centres, in its red channel. */
function picture(width: number, height: number, value: (x: number, y: number) => number): Picture {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) rgba[i * 4] = value((i % width) + 0.5, Math.floor(i / width) + 0.5);
  return { width, height, rgba };
}

const quad = (...numbers: number[]): Quad => {
  const [a, b, c, d] = [0, 2, 4, 6].map((i) => ({ x: numbers[i], y: numbers[i + 1] }));
  return [a, b, c, d];
};

test('projection takes the corners of the unit square to those of a quad, and lines to lines', () => {
  const corners = quad(10, 20, 110, 5, 120, 60, 0, 50);
  const map = projection(corners);
  for (const [u, v, i] of [
    [0, 0, 0],
    [1, 0, 1],
    [1, 1, 2],
    [0, 1, 3],
  ]) {
    expect(map(u, v).x).toBeCloseTo(corners[i].x);
    expect(map(u, v).y).toBeCloseTo(corners[i].y);
  }
  // The diagonals of the square meet in (0.5, 0.5), so those of the quad do in its image.
  const { x, y } = map(0.5, 0.5);
  expect((x - 10) * (60 - 20) - (y - 20) * (120 - 10)).toBeCloseTo(0);
  expect((x - 110) * (50 - 5) - (y - 5) * (0 - 110)).toBeCloseTo(0);
});

test('an upright quad is a plain crop', () => {
  const whole = picture(8, 6, (x, y) => 10 * Math.floor(x) + Math.floor(y));
  const strip = rectify(whole, quad(2, 1, 6, 1, 6, 3, 2, 3));
  expect([strip.width, strip.height]).toEqual([4, 2]);
  expect([...strip.rgba].filter((_, i) => i % 4 === 0)).toEqual([21, 31, 41, 51, 22, 32, 42, 52]);
});

test('a turned quad is straightened', () => {
  // Brightness grows along the direction of 30 degrees, from the quad's left end to its right end.
  const axis = { x: Math.cos(Math.PI / 6), y: Math.sin(Math.PI / 6) };
  const whole = picture(100, 100, (x, y) => (x - 20) * axis.x + (y - 20) * axis.y);
  const along = (t: number, s: number): number[] => [20 + t * axis.x - s * axis.y, 20 + t * axis.y + s * axis.x];
  const strip = rectify(whole, quad(...along(0, 0), ...along(60, 0), ...along(60, 10), ...along(0, 10)));
  expect([strip.width, strip.height]).toEqual([60, 10]);
  for (let i = 0; i < 600; i++) expect(Math.abs(strip.rgba[i * 4] - ((i % 60) + 0.5))).toBeLessThanOrEqual(1);
});

test('a tall quad is turned counterclockwise', () => {
  const whole = picture(10, 40, (_, y) => y);
  const strip = rectify(whole, quad(0, 0, 10, 0, 10, 40, 0, 40));
  expect([strip.width, strip.height]).toEqual([40, 10]);
  expect(strip.rgba[0]).toBeLessThan(strip.rgba[39 * 4]);
});

test('a quad without area gives a strip all the same', () => {
  const strip = rectify(
    picture(4, 4, () => 7),
    quad(2, 2, 2, 2, 2, 2, 2, 2),
  );
  expect([strip.width, strip.height, strip.rgba[0]]).toEqual([1, 1, 7]);
});
