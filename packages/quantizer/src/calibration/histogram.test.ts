import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomNormal } from '../testing/random.ts';
import { Histogram, OCTAVES, quantile } from './histogram.ts';

function of(...parts: readonly (readonly number[])[]): Histogram {
  const histogram = new Histogram();
  for (const part of parts) histogram.add(Float32Array.from(part));
  return histogram;
}

const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 });

describe('Histogram', () => {
  it('is the same in whatever order and parts elements come', () => {
    fc.assert(
      fc.property(numbers, fc.nat(50), (values, cut) => {
        const whole = of(values);
        const parts = of(values.slice(cut).reverse(), values.slice(0, cut));
        expect(parts.signed()).toEqual(whole.signed());
        expect(parts.bins(2048)).toEqual(whole.bins(2048));
        expect(parts.count).toBe(values.length);
      }),
    );
  });

  it('knows every element within one part in 16,384, unless it is 2,048 times smaller than the largest', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const found = of(values)
          .signed()
          .flatMap(({ value, count }) => new Array<number>(count).fill(value));
        const sorted = [...values].map(Math.fround).sort((a, b) => a - b);
        const largest = Math.max(...sorted.map(Math.abs));
        expect(found.length).toBe(sorted.length);
        sorted.forEach((value, i) => {
          const magnitude = Math.abs(value);
          const allowed = magnitude < largest * 2 ** -(OCTAVES - 1) ? magnitude : magnitude * 2 ** -14;
          expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(allowed + 2 ** -126);
        });
      }),
    );
  });

  it('has the bins of a plain count, of either sign and of both', () => {
    const random = randomNormal(1);
    const values = Array.from({ length: 5000 }, () => Math.fround(random() ** 3));
    const histogram = of(values);
    const largest = Math.max(...values.map(Math.abs));
    const width = 2 ** (Math.floor(Math.log2(largest)) + 1) / 2048;
    for (const [sign, kept] of [
      ['both', values],
      ['positive', values.filter((x) => x > 0 || Math.abs(x) < width / 2)],
      ['negative', values.filter((x) => x < 0 && Math.abs(x) >= width / 2)],
    ] as const) {
      const counts = new Float64Array(2048);
      for (const x of kept) counts[Math.floor(Math.abs(x) / width)]!++;
      expect(histogram.bins(2048, sign)).toEqual({ width, counts });
    }
  });

  it('counts zeros and what is too small to matter as 0', () => {
    expect(of([0, -0, 1e-45, 1]).signed()).toMatchObject([{ value: 0, count: 3 }, { count: 1 }]);
    expect(of([0]).bins(4).counts).toEqual(Float64Array.of(1, 0, 0, 0));
    expect(new Histogram().signed()).toEqual([]);
  });

  it('tells quantiles by the nearest rank', () => {
    const buckets = [1, 2, 3, 4].map((value) => ({ value, count: 25 }));
    expect([0, 0.25, 0.251, 0.99, 1].map((share) => quantile(buckets, share))).toEqual([1, 1, 2, 4, 4]);
    expect(quantile([], 0.5)).toBe(0);
  });
});
