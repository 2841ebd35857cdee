// Comparison of tensors in tests.

import type { Tensor } from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';
import { expect } from 'vitest';

export interface Tolerance {
  /** |actual − expected| ≤ absolute + relative · |expected|. Integers, bools and strings must be the same. */
  absolute?: number;
  relative?: number;
}

/** Expects two tensors of one type and shape, whose elements are close. NaN equals NaN. */
export function expectClose(actual: Tensor, expected: Tensor, tolerance: Tolerance = {}, what = 'tensor'): void {
  expect(`${actual.dtype}[${actual.dims}]`, what).toBe(`${expected.dtype}[${expected.dims}]`);
  if (!expected.dtype.includes('float')) {
    expect(Array.from(actual.data as ArrayLike<unknown>), what).toEqual(
      Array.from(expected.data as ArrayLike<unknown>),
    );
    return;
  }
  const { absolute = 1e-6, relative = DEFAULTS[expected.dtype] ?? 1e-5 } = tolerance;
  const [a, b] = [toFloat64(actual), toFloat64(expected)];
  const bad: string[] = [];
  for (let i = 0; i < b.length && bad.length < 5; i++) {
    const [x, y] = [a[i]!, b[i]!];
    const same = Object.is(x, y) || x === y;
    if (!same && !(Math.abs(x - y) <= absolute + relative * Math.abs(y))) bad.push(`[${i}] ${x} for ${y}`);
  }
  expect(bad, what).toEqual([]);
}

const DEFAULTS: Readonly<Record<string, number>> = { float16: 2e-3, bfloat16: 1e-2, float64: 1e-9 };
