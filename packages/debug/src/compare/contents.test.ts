import { expect, it } from 'vitest';
import { contentsOf, histogramsOf, sqnrOf } from './contents.ts';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

it('counts what is no number, and tells the range of the others', () => {
  expect(contentsOf(Float64Array.of(1, nan, -3, infinity, -infinity))).toEqual({
    nan: 1,
    infinite: 2,
    min: -3,
    max: 1,
  });
  expect(contentsOf(Float64Array.of(nan))).toEqual({ nan: 1, infinite: 0, min: null, max: null });
  expect(contentsOf(new Float64Array())).toEqual({ nan: 0, infinite: 0, min: null, max: null });
});

it('spreads values over the common range, and errors by decades of the largest expected element', () => {
  const [a, b] = [Float64Array.of(0, 1, 2, nan, 16), Float64Array.of(0, 1.002, 2, nan, 10)];
  const { values, errors } = histogramsOf(a, b, [contentsOf(a), contentsOf(b)]);
  expect(values).toMatchObject({ from: 0, to: 16 });
  expect(values.a).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(values.b).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  // 0.0002 and 0.6 of 10; a NaN on both sides is no error.
  expect(errors).toEqual([3, 0, 0, 0, 0, 1, 0, 0, 1, 0]);
});

it('puts what is a number on one side alone at the far end', () => {
  const [a, b] = [Float64Array.of(nan, infinity, 1), Float64Array.of(1, 1, 1)];
  expect(histogramsOf(a, b, [contentsOf(a), contentsOf(b)]).errors).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
});

it('gives signal to noise in decibels', () => {
  expect(sqnrOf(Float64Array.of(1.1, nan), Float64Array.of(1, 2))).toBeCloseTo(20, 6);
  expect(sqnrOf(Float64Array.of(1), Float64Array.of(1))).toBeNull();
});
