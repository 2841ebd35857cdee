import { describe, expect, test } from 'vitest';
import type { Picture } from './picture.ts';
import { cropWidth, resize, turnHalf, turnQuarter } from './resample.ts';

/** A picture whose red channel holds the values; the others hold 0, 0 and 255. */
function picture(rows: number[][]): Picture {
  return {
    width: rows[0].length,
    height: rows.length,
    data: Uint8ClampedArray.from(rows.flat().flatMap((value) => [value, 0, 0, 255])),
  };
}

function reds({ width, height, data }: Picture): number[][] {
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => data[(y * width + x) * 4]));
}

describe('resize', () => {
  test('to the same size changes nothing', () => {
    expect(
      reds(
        resize(
          picture([
            [1, 2],
            [3, 4],
          ]),
          2,
          2,
        ),
      ),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('growing interpolates between pixel centres', () => {
    expect(reds(resize(picture([[0, 100]]), 4, 1))).toEqual([[0, 25, 75, 100]]);
  });

  test('shrinking weighs all pixels', () => {
    expect(reds(resize(picture([[0, 200, 0, 200, 0, 200, 0, 200]]), 2, 1))).toEqual([
      [expect.closeTo(100, -1.3), expect.closeTo(100, -1.3)],
    ]);
    const { data } = resize(picture(Array.from({ length: 50 }, () => Array(70).fill(123))), 9, 4);
    expect(data.filter((_, i) => i % 4 === 0).every((value) => value === 123)).toBe(true);
    expect(data.filter((_, i) => i % 4 === 3).every((value) => value === 255)).toBe(true);
  });

  test('from and to a single pixel', () => {
    expect(reds(resize(picture([[9]]), 3, 2))).toEqual([
      [9, 9, 9],
      [9, 9, 9],
    ]);
    expect(
      reds(
        resize(
          picture([
            [10, 20],
            [30, 40],
          ]),
          1,
          1,
        ),
      ),
    ).toEqual([[25]]);
  });
});

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
