import { expect, it } from 'vitest';
import { countText, percentText, siText, timeText } from './units.ts';

it('writes quantities with three digits and their unit', () => {
  expect([0, 812, 999.6, 5_310_000, 1.24e13].map((x) => siText(x, 'B'))).toEqual([
    '0 B',
    '812 B',
    '1 kB',
    '5.31 MB',
    '12.4 TB',
  ]);
  expect([0, 0.0456, 0.9997, 12.34, 2100].map(timeText)).toEqual(['0 ms', '45.6 µs', '1 ms', '12.3 ms', '2.1 s']);
  expect([0, 0.0001, 0.034, 0.125, 1].map(percentText)).toEqual(['0 %', '< 0.1 %', '3.4 %', '13 %', '100 %']);
  expect([countText(1, 'dispatch', 'dispatches'), countText(2, 'line')]).toEqual(['1 dispatch', '2 lines']);
});
