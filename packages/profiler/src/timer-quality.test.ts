import { expect, it } from 'vitest';
import { milliseconds, qualityOf } from './timer-quality.ts';

const interval = (begin: number, end: number) => ({ begin: BigInt(begin), end: BigInt(end) });

it('finds nothing wrong with a good timer', () => {
  const intervals = Array.from({ length: 10 }, (_, i) => interval(i * 1001, i * 1001 + 7 * i));
  expect(qualityOf(intervals)).toEqual({ intervals: 10, backwards: 0, still: false });
  expect(qualityOf([])).toEqual({ intervals: 0, backwards: 0, still: false });
});

it('tells a timer that goes backwards, that counts in steps, and that stands still', () => {
  expect(qualityOf([interval(5, 3), interval(1, 2)])).toMatchObject({ backwards: 1 });
  expect(milliseconds(interval(5, 3))).toBeUndefined();
  expect(milliseconds(interval(5, 2_000_005))).toBe(2);
  const coarse = Array.from({ length: 10 }, (_, i) => interval(i * 65536, (i + (i % 3)) * 65536));
  expect(qualityOf(coarse)).toMatchObject({ step: 65536 });
  expect(qualityOf([interval(7, 7), interval(9, 9)])).toEqual({ intervals: 2, backwards: 0, still: true });
});
