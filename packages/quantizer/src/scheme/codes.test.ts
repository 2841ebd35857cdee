import { codecOf, GraphBuilder, type Tensor } from '@trtx/ir';
import { ReferenceRunner, toFloat64 } from '@trtx/reference';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codesOf } from './codes.ts';
import { QUANTIZED_TYPES, type QuantizedType } from './scheme.ts';

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const scale = fc.float({ noNaN: true, min: Math.fround(1e-6), max: 1000 });

it('rounds to float4e2m1 as its codec does', () => {
  const { encode, decode } = codesOf('float4e2m1');
  const codec = codecOf('float4e2m1')!;
  for (let i = -2000; i <= 2000; i++) expect(encode(i / 256, 1, 0)).toBe(codec.encode(i / 256));
  expect([encode(0, 1, 0), encode(-0, 1, 0), encode(-0.1, 1, 0)]).toEqual([0, 0, 8]);
  for (let code = 0; code < 16; code++) expect(decode(code, 2, 0)).toBe(2 * codec.decode(code));
});

/** What QuantizeLinear, and DequantizeLinear of it, give on the reference. */
async function onReference(x: number, scaled: number, zero: number, type: QuantizedType) {
  const b = new GraphBuilder('quantize');
  const value = b.input('x', 'float32', [1]);
  const scale = b.constant('float32', [], [scaled]);
  const zeroPoint = type === 'float4e2m1' ? null : b.constant(type, [], [zero]);
  const codes = b.QuantizeLinear(value, scale, zeroPoint, { output_dtype: type });
  b.output('codes', codes);
  b.output('y', b.DequantizeLinear(codes, scale, zeroPoint));
  const input: Tensor = { dtype: 'float32', dims: [1], data: Float32Array.of(x) };
  const outputs = await new ReferenceRunner(b.graph).run(new Map([['x', input]]));
  return [Number(outputs.get('codes')!.data[0]), toFloat64(outputs.get('y')!)[0]];
}

it.each(QUANTIZED_TYPES)('are those of QuantizeLinear and DequantizeLinear: %s', async (type) => {
  const { low, high, encode, decode } = codesOf(type);
  const zeros = type === 'float4e2m1' ? fc.constant(0) : fc.integer({ min: low, max: high });
  // Quotients that are halfway between two codes come by chance only.
  const halves = fc.integer({ min: -600, max: 600 }).map((n) => n / 2);
  await fc.assert(
    fc.asyncProperty(fc.oneof(float, halves), fc.oneof(scale, fc.constant(1)), zeros, async (x, scaled, zero) => {
      const code = encode(x, scaled, zero);
      expect([code, decode(code, scaled, zero)]).toEqual(await onReference(x, scaled, zero, type));
    }),
    { numRuns: 300 },
  );
});
