import { codecOf } from '@trtx/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codesOf } from './codes.ts';
import { parametersOf } from './parameters.ts';
import { QUANTIZED_TYPES, type Target } from './scheme.ts';

const targets = QUANTIZED_TYPES.flatMap((type): Target[] => [
  { type, symmetric: true },
  ...(type === 'float4e2m1' ? [] : [{ type, symmetric: false }]),
]);
const number = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('parametersOf', () => {
  it.each([
    ['int8', true, { scale: 2 / 127, zeroPoint: 0 }],
    ['uint8', true, { scale: 2 / 127, zeroPoint: 128 }],
    ['int4', true, { scale: 2 / 7, zeroPoint: 0 }],
    ['uint4', true, { scale: 2 / 7, zeroPoint: 8 }],
    ['float4e2m1', true, { scale: 2 / 6, zeroPoint: 0 }],
    ['int8', false, { scale: 3 / 255, zeroPoint: -43 }],
    ['uint8', false, { scale: 3 / 255, zeroPoint: 85 }],
    ['uint4', false, { scale: 3 / 15, zeroPoint: 5 }],
  ] as const)('of -1 to 2 as %s, symmetric %s', (type, symmetric, { scale, zeroPoint }) => {
    const found = parametersOf({ min: -1, max: 2 }, { type, symmetric });
    expect(found).toEqual({ scale: Math.fround(scale), zeroPoint });
  });

  it('covers 0 where the range does not', () => {
    expect(parametersOf({ min: 2, max: 5 }, { type: 'uint8', symmetric: false }).zeroPoint).toBe(0);
    expect(parametersOf({ min: -5, max: -2 }, { type: 'uint8', symmetric: false }).zeroPoint).toBe(255);
    expect(parametersOf({ min: -5, max: -5 }, { type: 'int8', symmetric: false }).zeroPoint).toBe(127);
  });

  it('has the scale 1 for zeros', () => {
    for (const target of targets) expect(parametersOf({ min: 0, max: 0 }, target).scale).toBe(1);
  });

  it('gives a normal scale and a code for 0, whatever the range', () => {
    const ends = fc.tuple(number, number).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
    fc.assert(
      fc.property(ends, fc.constantFrom(...targets), fc.constantFrom('float32', 'float16'), (range, target, type) => {
        const { scale, zeroPoint } = parametersOf(range, target, type);
        const codec = codecOf(type);
        expect(codec ? codec.decode(codec.encode(scale)) : Math.fround(scale)).toBe(scale);
        expect(scale).toBeGreaterThanOrEqual(type === 'float16' ? 2 ** -14 : 2 ** -126);
        expect(scale).toBeLessThan(Number.POSITIVE_INFINITY);
        const { encode, decode } = codesOf(target.type);
        expect(Number.isInteger(zeroPoint)).toBe(true);
        expect(decode(encode(0, scale, zeroPoint), scale, zeroPoint)).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses what is no range', () => {
    const target = { type: 'int8', symmetric: true } as const;
    for (const [min, max] of [
      [Number.NaN, 1],
      [0, Number.POSITIVE_INFINITY],
      [1, 0],
    ] as const)
      expect(() => parametersOf({ min, max }, target)).toThrow(/QUANT_RANGE/);
  });
});
