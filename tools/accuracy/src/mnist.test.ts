// What docs/accuracy.md says of MNIST, measured: all 10,000 digits in every kind of numbers.

import { expect, it } from 'vitest';
import { hasShared } from '../../../tests/support/models.ts';
import { mnist } from './mnist.ts';
import { type Row, scoreCase } from './table.ts';

it.runIf(hasShared)('reads digits as well in smaller numbers', async () => {
  const rows = await scoreCase(mnist);
  const row = (variant: string) => rows.find((each) => each.variant === variant) as Row;
  expect(row('float32').score).toBeCloseTo(98.91, 10);
  expect(Math.abs(row('float16').score - 98.91)).toBeLessThanOrEqual(0.02);
  const int8 = rows.filter(({ variant }) => variant.startsWith('int8,'));
  expect(int8.length).toBe(5);
  for (const { score, variant } of int8) expect(score, variant).toBeGreaterThanOrEqual(98.8);
  expect(row('int8 weights').score).toBeGreaterThanOrEqual(98.8);
  for (const variant of ['int4 weights, plain', 'int4 weights', 'uint4 weights, zero points'])
    expect(row(variant).score, variant).toBeGreaterThanOrEqual(98.7);
});
