import { expect, it } from 'vitest';
import { medianOf, statisticsOf } from './measurement.ts';

const ms = (samples: readonly number[]) => ({ unit: 'ms', samples }) as const;

it('sums up samples', () => {
  const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(statisticsOf(ms(samples), [50, 90, 99, 99.9])).toEqual({
    count: 100,
    min: 1,
    mean: 50.5,
    median: 50.5,
    max: 100,
    spread: expect.closeTo(28.866 / 50.5, 4),
    percentiles: { p50: 50, p90: 90, p99: 99, 'p99.9': 100 },
  });
});

it('takes one sample for all, and no sample for nothing', () => {
  expect(statisticsOf(ms([4]))).toMatchObject({
    min: 4,
    median: 4,
    max: 4,
    spread: 0,
    percentiles: { p90: 4, p99: 4 },
  });
  expect(statisticsOf(ms([]))).toBeUndefined();
  expect(medianOf([])).toBeNaN();
  expect(medianOf([3, 1, 2])).toBe(2);
});
