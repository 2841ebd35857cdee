// What is quantized: with one scale, one for each place of an axis, one for each block; to integers and floats of all widths.

import { codecOf, type DType, type GraphBuilder, type Value } from '@trtx/ir';
import { type Case, type CaseInput, f32, weights } from '../support.ts';

const integers = (dtype: DType, low: number, high: number, ...dims: (number | string)[]): CaseInput => ({
  dtype,
  dims,
  low,
  high,
});

const scales = (b: GraphBuilder, dims: readonly number[], dtype: DType = 'float32') =>
  weights(b, dims, { dtype, low: 0.05, high: 0.3 });
const half = (b: GraphBuilder, value: number): Value => b.constant('float16', [], [codecOf('float16')!.encode(value)]);
const zeros = (b: GraphBuilder, dtype: DType, dims: readonly number[]) =>
  weights(b, dims, { dtype, low: dtype.startsWith('u') ? 0 : -2, high: 2 });

const FLOAT8 = ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'float4e2m1'] as const;

export const quantizeCases: readonly Case[] = [
  ...(['uint8', 'int8', 'uint16', 'int16', 'uint4', 'int4', 'uint2', 'int2'] as const).flatMap((dtype): Case[] => [
    {
      name: `QuantizeLinear: ${dtype}, a scale for each row`,
      inputs: [{ ...f32(5, 7), low: -9, high: 9 }],
      build: (b, x) => b.QuantizeLinear(x, scales(b, [5]), zeros(b, dtype, [5]), { axis: 0 }),
    },
    {
      name: `DequantizeLinear: ${dtype}, a scale for each block`,
      inputs: [
        integers(dtype, dtype.startsWith('u') ? 0 : -2, dtype.endsWith('2') ? 2 : 4, 'N', 10, 3),
        { ...f32('N', 4, 6), low: 0.05, high: 0.3 },
        integers(dtype, dtype.startsWith('u') ? 0 : -2, 2, 'N', 4, 6),
      ],
      symbols: { N: { min: 1, max: 4 } },
      runs: [{ N: 1 }, { N: 4 }, { N: 3 }],
      build(b, x, scale, zero) {
        const all = b.Concat([x, x], { axis: 2 });
        return b.Neg(b.DequantizeLinear(all, scale, zero, { axis: 1, block_size: 3 }));
      },
    },
  ]),
  ...FLOAT8.map(
    (dtype): Case => ({
      name: `QuantizeLinear: to ${dtype} and back`,
      inputs: [{ ...f32(3, 9), low: -9, high: 9 }],
      build(b, x) {
        const y = b.QuantizeLinear(x, scales(b, []), b.constant(dtype, [], [0]));
        return [y, b.DequantizeLinear(b.Transpose(y), scales(b, []))];
      },
    }),
  ),
  {
    name: 'QuantizeLinear: halves of the quotient in float16',
    inputs: [{ dtype: 'float16', dims: [999], low: -60, high: 60 }],
    build: (b, x) => b.QuantizeLinear(x, half(b, 0.1), b.constant('int16', [], [3])),
  },
  {
    name: 'DequantizeLinear: weights of 4 bits in blocks, in float16',
    inputs: [{ dtype: 'float16', dims: [3, 8] }],
    build(b, x) {
      const w = b.constant(
        'int4',
        [8, 5],
        Array.from({ length: 40 }, (_, i) => (i % 16) - 8),
      );
      // Kernels need not round the numbers of codes: with these scales there is nothing to round.
      const sixteenths = Array.from({ length: 10 }, (_, i) => codecOf('float16')!.encode((1 + ((3 * i) % 7)) / 16));
      const scale = b.constant('float16', [2, 5], sixteenths);
      return b.MatMul(x, b.DequantizeLinear(w, scale, null, { axis: 0, block_size: 4 }));
    },
  },
];
