import type { Tensor } from '@trtx/ir';
import { expect, test } from 'vitest';
import { compareTensors } from './compare-tensors.ts';

const floats = (...values: number[]): Tensor => ({
  dtype: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});
const tolerance = { rtol: 1e-3, atol: 1e-4 };
const compare = (actual: Tensor, expected: Tensor) => compareTensors('y', actual, expected, tolerance);

test('equal tensors', () => {
  expect(compare(floats(1, -2, 3), floats(1, -2, 3))).toEqual({
    name: 'y',
    dims: [3],
    maxAbs: 0,
    maxRel: 0,
    cosine: expect.closeTo(1, 12),
    wrong: 0,
    ok: true,
  });
});

test('the tolerance is relative to each element and to the largest', () => {
  expect(compare(floats(100.09, 1), floats(100, 1))).toMatchObject({ ok: true, maxAbs: expect.closeTo(0.09, 4) });
  expect(compare(floats(100, 1.01), floats(100, 1))).toMatchObject({ ok: true, maxRel: expect.closeTo(0.01, 4) });
  const far = compare(floats(100, 1.02), floats(100, 1));
  expect(far).toMatchObject({ ok: false, wrong: 1 });
  expect(far.reason).toMatch(/^1 of 2 elements .* first at 1: 1\.01.* for 1$/);
});

test('small noise around zero is no relative error', () => {
  expect(compare(floats(1000, 1e-6), floats(1000, 0))).toMatchObject({ ok: true, maxRel: 0 });
});

test('NaN equals NaN and an infinity itself, and nothing else', () => {
  const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
  expect(compare(floats(nan, inf, -inf, 1), floats(nan, inf, -inf, 1))).toMatchObject({ ok: true, maxAbs: 0 });
  for (const [actual, expected] of [
    [nan, 1],
    [1, nan],
    [inf, 1],
    [1, inf],
    [-inf, inf],
    [nan, inf],
  ])
    expect(compare(floats(actual!, 2), floats(expected!, 2))).toMatchObject({ ok: false, wrong: 1, maxAbs: null });
});

test('a direction that is off, within the tolerance of each element', () => {
  const expected = floats(1, ...new Array(99).fill(0));
  const actual = floats(1, ...new Array(99).fill(0.009));
  const result = compareTensors('y', actual, expected, { rtol: 0, atol: 0.01 });
  expect(result).toMatchObject({ ok: false, wrong: 0, reason: expect.stringMatching(/cosine/) });
});

test('zeros, and tensors without elements', () => {
  expect(compare(floats(0, 0), floats(0, 0))).toMatchObject({ ok: true, cosine: 1 });
  expect(compare(floats(0, 0), floats(1, 0))).toMatchObject({ ok: false, cosine: 0 });
  expect(compare(floats(), floats())).toMatchObject({ ok: true, cosine: 1 });
});

test('integers have to be the same', () => {
  const ints = (...values: bigint[]): Tensor => ({
    dtype: 'int64',
    dims: [values.length],
    data: BigInt64Array.from(values),
  });
  expect(compare(ints(50256n), ints(50256n)).ok).toBe(true);
  expect(compare(ints(50255n), ints(50256n))).toMatchObject({ ok: false, wrong: 1, maxAbs: 1 });
});

test('another shape or type', () => {
  expect(compare({ ...floats(1, 2), dims: [2, 1] }, floats(1, 2))).toMatchObject({
    ok: false,
    maxAbs: null,
    reason: 'it is float32[2, 1] where float32[2] is expected',
  });
  const half: Tensor = { dtype: 'float16', dims: [1], data: Uint16Array.of(0) };
  expect(compare(half, floats(0)).reason).toMatch(/float16\[1\]/);
});
