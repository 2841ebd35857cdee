import type { Picture } from '@trtx/cli/picture';
import { expect, test } from 'vitest';
import { cropWidth, turnHalf, turnQuarter } from './resample.ts';

/** A picture whose red channel holds the values; the others hold 0, 0 and 255. */
function picture(rows: number[][]): Picture {
  return {
    width: rows[0].length,
    height: rows.length,
    rgba: Uint8ClampedArray.from(rows.flat().flatMap((value) => [value, 0, 0, 255])),
  };
}

function reds({ width, height, rgba }: Picture): number[][] {
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => rgba[(y * width + x) * 4]));
}

test('turnHalf', () => {
  expect(
    reds(
      turnHalf(
        picture([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ),
    ),
  ).toEqual([
    [6, 5, 4],
    [3, 2, 1],
  ]);
});

test('turnQuarter turns counterclockwise', () => {
  expect(
    reds(
      turnQuarter(
        picture([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ),
    ),
  ).toEqual([
    [3, 6],
    [2, 5],
    [1, 4],
  ]);
});

test('cropWidth keeps the first columns', () => {
  expect(
    reds(
      cropWidth(
        picture([
          [1, 2, 3],
          [4, 5, 6],
        ]),
        2,
      ),
    ),
  ).toEqual([
    [1, 2],
    [4, 5],
  ]);
});
