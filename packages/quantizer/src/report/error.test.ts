import { expect, it } from 'vitest';
import { ErrorSum } from './error.ts';

it('is the ratio of signal to noise, and an angle', () => {
  const { sqnrDb, cosine } = new ErrorSum().add([3, 0], [3, 0.3]).add([0], [0]).error;
  expect(sqnrDb).toBeCloseTo(20, 10);
  expect(cosine).toBeCloseTo(3 / Math.hypot(3, 0.3), 10);
});

it('has no noise, or nothing but', () => {
  expect(new ErrorSum().add([1, 2], [1, 2]).error).toEqual({ sqnrDb: null, cosine: 1 });
  expect(new ErrorSum().add([0, 0], [0, 0]).error).toEqual({ sqnrDb: null, cosine: 1 });
  const { sqnrDb, cosine } = new ErrorSum().add([0], [1]).error;
  expect(sqnrDb).toBeLessThan(-300);
  expect(cosine).toBe(0);
});
