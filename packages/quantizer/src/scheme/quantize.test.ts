import { elementCount, elementsOf, GraphBuilder, isPacked } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomNormal } from '../testing/random.ts';
import { gather, groupsOf } from './groups.ts';
import { constantsOf, dequantize, type Quantized, quantize } from './quantize.ts';
import { type Granularity, QUANTIZED_TYPES, type QuantizedType, type Scheme } from './scheme.ts';

/** DequantizeLinear of the constants, on the reference. */
async function onReference(quantized: Quantized) {
  const { codes, scales, zeroPoints } = constantsOf(quantized);
  const { granularity } = quantized.scheme;
  const b = new GraphBuilder('dequantize');
  const operands = [codes, scales, zeroPoints].map((constant) => constant && b.constant(constant));
  const attributes = {
    axis: granularity.kind === 'tensor' ? undefined : granularity.axis,
    block_size: granularity.kind === 'block' ? granularity.size : undefined,
  };
  b.output('y', b.DequantizeLinear(operands[0]!, operands[1]!, operands[2] ?? null, attributes));
  return (await new ReferenceRunner(b.graph).run(new Map())).get('y')!.data;
}

const dims = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 });
const shaped = dims.chain((dims) =>
  fc.tuple(
    fc.constant(dims),
    fc.oneof(
      fc.constant<Granularity>({ kind: 'tensor' }),
      fc.nat(dims.length - 1).map((axis): Granularity => ({ kind: 'channel', axis })),
      fc
        .tuple(fc.nat(dims.length - 1), fc.integer({ min: 1, max: 9 }))
        .map(([axis, size]): Granularity => ({ kind: 'block', axis, size })),
    ),
    fc.array(fc.float({ noNaN: true, min: -1e6, max: 1e6 }), {
      minLength: elementCount(dims),
      maxLength: elementCount(dims),
    }),
  ),
);

describe('groups', () => {
  it('hold every element once', () => {
    fc.assert(
      fc.property(shaped, ([dims, granularity]) => {
        const groups = groupsOf(dims, granularity);
        const positions = Array.from({ length: elementCount(dims) }, (_, i) => i);
        const found = Array.from({ length: groups.count }, (_, i) => {
          const into = new Float64Array(groups.largest);
          return [...into.subarray(0, gather(positions, groups.at(i), into))];
        });
        expect(elementCount(groups.dims)).toBe(groups.count);
        expect(found.flat().sort((a, b) => a - b)).toEqual(positions);
      }),
    );
  });
});

describe('quantize', () => {
  it('is what DequantizeLinear takes back, within half a step', async () => {
    const scheme = fc
      .constantFrom(...QUANTIZED_TYPES)
      .chain((type) => fc.boolean().map((symmetric) => ({ type, symmetric: symmetric || type === 'float4e2m1' })));
    await fc.assert(
      fc.asyncProperty(shaped, scheme, fc.constantFrom('float32', 'float16'), async (given, form, scaleType) => {
        const [dims, granularity, values] = given;
        const quantized = quantize(values, dims, { ...form, granularity }, { scaleType });
        const back = dequantize(quantized);
        if (scaleType === 'float32') expect(await onReference(quantized)).toEqual(back);
        // The widest step of float4 is two of its units.
        const steps = form.type === 'float4e2m1' ? 1 : 0.5;
        const groups = groupsOf(dims, granularity);
        for (let i = 0; i < groups.count; i++) {
          const [a, b] = [values, back].map((all) => {
            const into = new Float64Array(groups.largest);
            return into.subarray(0, gather(all, groups.at(i), into));
          });
          const reach = Math.max(...a!.map(Math.abs));
          // A scale of float16 saturates, and the zero point is a whole number of steps.
          if (reach > 1e5 && scaleType === 'float16') continue;
          a!.forEach((value, k) => {
            expect(Math.abs(value - b![k]!)).toBeLessThanOrEqual((steps + 0.51) * quantized.scales[i]! + 1e-6 * reach);
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(
    QUANTIZED_TYPES.filter(isPacked).flatMap((type) =>
      [16, 32, 48, 64, 100, 128, 256].flatMap((size) =>
        [1, size - 1, size, size + 1, 3 * size + 5].map((k) => [type, size, k] as const),
      ),
    ),
  )('packs %s in blocks of %i along %i elements exactly', (type: QuantizedType, size: number, k: number) => {
    const random = randomNormal(k);
    for (const [dims, axis] of [
      [[3, k], 1],
      [[k, 3], 0],
    ] as const) {
      const scheme: Scheme = { type, symmetric: true, granularity: { kind: 'block', axis, size } };
      const quantized = quantize(Float32Array.from({ length: 3 * k }, random), dims, scheme);
      const { codes, scales } = constantsOf(quantized);
      expect(codes.read().length).toBe(Math.ceil((3 * k) / 2));
      expect(elementsOf(codes)).toEqual(quantized.codes);
      expect(scales.dims).toEqual(axis === 1 ? [3, Math.ceil(k / size)] : [Math.ceil(k / size), 3]);
    }
  });

  it('takes constant channels and zeros', () => {
    const values = [0, 0, 0, 5, 5, 5, -1e-40, 0, 0];
    for (const symmetric of [true, false]) {
      const scheme: Scheme = { type: 'int8', symmetric, granularity: { kind: 'channel', axis: 0 } };
      const quantized = quantize(values, [3, 3], scheme);
      expect(quantized.scales.every((scale) => scale >= 2 ** -126 && scale < Number.POSITIVE_INFINITY)).toBe(true);
      const back = dequantize(quantized);
      expect([...back.subarray(0, 3)]).toEqual([0, 0, 0]);
      for (const value of back.subarray(3, 6)) expect(value).toBeCloseTo(5, 5);
    }
  });

  it('refuses what is no number, and schemes that do not fit', () => {
    const scheme: Scheme = { type: 'int8', symmetric: true, granularity: { kind: 'tensor' } };
    expect(() => quantize([1, Number.NaN], [2], scheme)).toThrow(/QUANT_NAN: element 1 is NaN/);
    expect(() => quantize([Number.POSITIVE_INFINITY], [1], scheme)).toThrow(/QUANT_NAN/);
    const along = (granularity: Granularity) => () => quantize([1, 2], [2], { ...scheme, granularity });
    expect(along({ kind: 'channel', axis: 1 })).toThrow(/QUANT_SCHEME/);
    expect(along({ kind: 'block', axis: 0, size: 0 })).toThrow(/QUANT_SCHEME/);
    expect(() => quantize([1], [1], { ...scheme, type: 'float4e2m1', symmetric: false })).toThrow(/QUANT_SCHEME/);
    expect(() => quantize([1], [1], { ...scheme, type: 'int3' as 'int4' })).toThrow(/QUANT_SCHEME/);
  });
});
