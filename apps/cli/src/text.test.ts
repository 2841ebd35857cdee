import { expect, test } from 'vitest';
import { bytesText, numberText, table, timeText } from './text.ts';

test('bytes', () => {
  expect([0, 999, 1000, 9949, 99_600, 999_499, 999_600, 5.3e9].map(bytesText)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.0 kB',
    '9.9 kB',
    '100 kB',
    '999 kB',
    '1.0 MB',
    '5.3 GB',
  ]);
});

test('times and numbers', () => {
  expect([0.04, 3.16, 12.3, 999, 1500].map(timeText)).toEqual(['0.0 ms', '3.2 ms', '12 ms', '999 ms', '1.5 s']);
  expect([0.123456, 1e-9, 12345678, -0.5].map(numberText)).toEqual(['0.1235', '1e-9', '12350000', '-0.5']);
});

test('tables', () => {
  expect(
    table(
      [
        ['a', 'long', 'x'],
        ['bbb', 'c', ''],
      ],
      ' ',
    ),
  ).toEqual([' a    long  x', ' bbb  c']);
});
