import { describe, expect, it, test } from 'vitest';
import { type CastOptions, codecOf } from './codec.ts';
import type { DType } from './dtype.ts';

const FLOAT8 = ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz'] as const;
const SMALL: readonly DType[] = [...FLOAT8, 'float8e8m0', 'float4e2m1'];

const decode = (dtype: DType, code: number) => codecOf(dtype)!.decode(code);
const encode = (dtype: DType, value: number, options?: CastOptions) => codecOf(dtype)!.encode(value, options);
/** The number that a cast gives. */
const cast = (dtype: DType, value: number, options?: CastOptions) =>
  decode(dtype, encode(dtype, value, { saturate: true, ...options }));

test.each(SMALL)('every %s survives the way there and back', (dtype) => {
  for (let code = 0; code < (dtype === 'float4e2m1' ? 16 : 256); code++) {
    const value = decode(dtype, code);
    if (!Number.isNaN(value)) expect(encode(dtype, value)).toBe(code);
  }
});

test.each(SMALL)('%s rounds to the nearest, halves to the even code', (dtype) => {
  if (dtype === 'float8e8m0') return;
  const codes = Array.from({ length: dtype === 'float4e2m1' ? 8 : 128 }, (_, code) => code);
  const finite = codes.filter((code) => Number.isFinite(decode(dtype, code)));
  for (const code of finite.slice(1)) {
    const [below, above] = [decode(dtype, code - 1), decode(dtype, code)];
    expect(above).toBeGreaterThan(below);
    const half = (below + above) / 2;
    expect(encode(dtype, half)).toBe(code % 2 === 0 ? code : code - 1);
    expect(encode(dtype, half * (1 - 2 ** -40))).toBe(code - 1);
    expect(encode(dtype, half * (1 + 2 ** -40))).toBe(code);
    expect(decode(dtype, encode(dtype, -above))).toBe(-above);
  }
});

describe('the tables of Cast', () => {
  const LARGEST = { float8e4m3fn: 448, float8e4m3fnuz: 240, float8e5m2: 57344, float8e5m2fnuz: 57344 };

  it.each(FLOAT8)('%s, saturating', (dtype) => {
    const largest = LARGEST[dtype];
    for (const value of [Number.POSITIVE_INFINITY, 1e6, 1e300]) {
      expect(cast(dtype, value)).toBe(largest);
      expect(cast(dtype, -value)).toBe(-largest);
    }
    // Rounded to the mantissa's width first: only from half a place above on is it too large.
    expect(cast(dtype, largest * 1.01)).toBe(largest);
    expect(cast(dtype, Number.NaN)).toBeNaN();
  });

  it.each(FLOAT8)('%s, not saturating', (dtype) => {
    const beyond = dtype === 'float8e5m2' ? Number.POSITIVE_INFINITY : Number.NaN;
    for (const value of [Number.POSITIVE_INFINITY, 1e6]) {
      expect(cast(dtype, value, { saturate: false })).toBe(beyond);
      expect(cast(dtype, -value, { saturate: false })).toBe(-beyond);
    }
    expect(cast(dtype, LARGEST[dtype] * 1.01, { saturate: false })).toBe(LARGEST[dtype]);
    expect(cast(dtype, Number.NaN, { saturate: false })).toBeNaN();
  });

  it('has −0 but in the uz formats', () => {
    for (const dtype of FLOAT8) expect(Object.is(cast(dtype, -0), dtype.endsWith('uz') ? 0 : -0)).toBe(true);
    expect(encode('float8e4m3fnuz', -1e-9)).toBe(0);
    expect(encode('float8e4m3fn', -1e-9)).toBe(0x80);
  });

  it('float8e8m0', () => {
    const [least, largest] = [2 ** -127, 2 ** 127];
    for (const [value, up, down, nearest] of [
      [1, 1, 1, 1],
      [1.25, 2, 1, 1],
      [1.5, 2, 1, 2],
      [2 ** -126 * 1.75, 2 ** -125, 2 ** -126, 2 ** -125],
      [2 ** 126 * 1.1, largest, 2 ** 126, 2 ** 126],
    ] as const) {
      expect(cast('float8e8m0', value)).toBe(up);
      expect(cast('float8e8m0', value, { round: 'down' })).toBe(down);
      expect(cast('float8e8m0', value, { round: 'nearest' })).toBe(nearest);
    }
    for (let exponent = -127; exponent <= 127; exponent++)
      expect(cast('float8e8m0', 2 ** exponent)).toBe(2 ** exponent);
    expect([0, 1e-40, Number.POSITIVE_INFINITY, 1e300].map((x) => cast('float8e8m0', x))).toEqual([
      least,
      least,
      largest,
      largest,
    ]);
    for (const value of [0, 1e-40, Number.POSITIVE_INFINITY, 1e300, Number.NaN])
      expect(cast('float8e8m0', value, { saturate: false, round: 'nearest' })).toBeNaN();
    expect(cast('float8e8m0', Number.NaN)).toBeNaN();
  });

  it('float4e2m1', () => {
    expect(Array.from({ length: 8 }, (_, code) => decode('float4e2m1', code))).toEqual([0, 0.5, 1, 1.5, 2, 3, 4, 6]);
    expect(cast('float4e2m1', Number.POSITIVE_INFINITY)).toBe(6);
    expect(cast('float4e2m1', -1e9, { saturate: false })).toBe(-6);
    expect(cast('float4e2m1', Number.NaN)).toBe(-0);
  });
});

test('integers below 8 bits wrap around', () => {
  const wrapped = (dtype: DType) => [-9, -8, -1, 3, 7, 8, 15, 16].map((value) => encode(dtype, value));
  expect(wrapped('int4')).toEqual([7, -8, -1, 3, 7, -8, -1, 0]);
  expect(wrapped('uint4')).toEqual([7, 8, 15, 3, 7, 8, 15, 0]);
  expect(wrapped('int2')).toEqual([-1, 0, -1, -1, -1, 0, -1, 0]);
  expect(wrapped('uint2')).toEqual([3, 0, 3, 3, 3, 0, 3, 0]);
});
