// Contractions that read their operands through what is applied to each element: one dispatch each.

import { type Case, f32, weights } from '../support.ts';

const half = (...dims: (number | string)[]) => ({ ...f32(...dims), dtype: 'float16' as const });
const bytes = (...dims: (number | string)[]) => ({ ...f32(...dims), dtype: 'uint8' as const, low: 0, high: 200 });
const number = (value: number) => [[], [value]] as const;

const sizes = {
  symbols: { N: { min: 1, max: 3 }, H: { min: 3, max: 9 } },
  runs: [
    { N: 2, H: 5 },
    { N: 1, H: 9 },
    { N: 3, H: 3 },
  ],
};

export const operandCases: readonly Case[] = [
  {
    name: 'Conv: of what is Relu of the input',
    inputs: [f32(2, 8, 6, 5)],
    build: (b, x) => b.Conv(b.Relu(x), weights(b, [8, 8, 3, 3]), weights(b, [8]), { pads: [1, 1, 1, 1] }),
  },
  {
    name: 'Conv: of a Cast, then a chain, of three channels',
    inputs: [half(1, 3, 7, 7)],
    build: (b, x) => {
      const y = b.Mul(b.Relu(b.Cast(x, { to: 'float32' })), b.constant('float32', ...number(0.5)));
      return b.Sigmoid(b.Conv(y, weights(b, [4, 3, 2, 3]), null, { strides: [2, 1] }));
    },
  },
  {
    name: 'Conv: of a Cast to float16',
    inputs: [f32(2, 8, 5, 4)],
    build: (b, x) => {
      const y = b.Conv(b.Cast(x, { to: 'float16' }), weights(b, [8, 8, 1, 1], { dtype: 'float16' }));
      return b.Cast(y, { to: 'float32' });
    },
  },
  {
    name: 'Conv: groups, of an input that is turned',
    inputs: [f32(2, 6, 5, 8)],
    build: (b, x) =>
      b.Conv(b.Neg(b.Transpose(x, { perm: [0, 3, 1, 2] })), weights(b, [8, 4, 2, 2]), null, { group: 2 }),
  },
  {
    name: 'Conv: depthwise, of an Abs',
    inputs: [f32(2, 6, 7, 5)],
    build: (b, x) => b.Conv(b.Abs(x), weights(b, [6, 1, 3, 3]), null, { group: 6, pads: [1, 1, 1, 1] }),
  },
  {
    name: 'Conv: of what its epilogue adds too',
    inputs: [f32(2, 4, 6, 5)],
    build: (b, x) => {
      const y = b.Relu(x);
      return b.Add(b.Conv(y, weights(b, [4, 4, 1, 1])), y);
    },
  },
  {
    name: 'Conv: of a Relu, with computed weights, in any size',
    inputs: [f32('N', 4, 'H', 6), f32(4, 4, 2, 2)],
    build: (b, x, w) => b.Conv(b.Relu(x), b.Neg(w)),
    ...sizes,
  },
  {
    name: 'ConvTranspose: of a Relu',
    inputs: [f32(1, 4, 5, 5)],
    build: (b, x) => b.ConvTranspose(b.Relu(x), weights(b, [4, 3, 2, 2]), null, { strides: [2, 2] }),
  },
  {
    name: 'MatMul: of what is Relu of one side, and a multiple of the other',
    inputs: [f32(2, 9, 16), f32(2, 16, 8)],
    build: (b, x, y) => b.MatMul(b.Relu(x), b.Mul(y, b.constant('float32', ...number(3)))),
  },
  {
    name: 'MatMul: of a Neg of rows of any number, by a constant',
    inputs: [f32('N', 'H', 8)],
    build: (b, x) => b.MatMul(b.Neg(x), weights(b, [8, 12])),
    ...sizes,
  },
  {
    name: 'MatMul: few rows of a Neg, by an Abs',
    inputs: [f32(1, 64), f32(64, 8)],
    build: (b, x, y) => b.MatMul(b.Neg(x), b.Abs(y)),
  },
  {
    name: 'MatMul: a row of a Cast, by a constant',
    inputs: [half(1, 64)],
    build: (b, x) => b.MatMul(b.Cast(x, { to: 'float32' }), weights(b, [64, 8])),
  },
  {
    name: 'Gemm: transposed, of a Cast, and a bias',
    inputs: [half(16, 5)],
    build: (b, x) =>
      b.Gemm(b.Cast(x, { to: 'float32' }), weights(b, [16, 6]), weights(b, [6]), { transA: 1, alpha: 0.5 }),
  },
  {
    name: 'Einsum: of a Neg',
    inputs: [f32(3, 4), f32(4, 2, 3)],
    build: (b, x, y) => b.Einsum([b.Neg(x), y], { equation: 'ij,jki->ik' }),
  },
  {
    name: 'MatMulInteger: of a Min',
    inputs: [bytes(4, 8), bytes(8, 3)],
    build: (b, x, y) =>
      b.MatMulInteger(b.Min([x, b.constant('uint8', ...number(90))]), y, b.constant('uint8', ...number(3))),
  },
  {
    name: 'ConvInteger: of a Max',
    inputs: [bytes(1, 4, 5, 5)],
    build: (b, x) =>
      b.ConvInteger(
        b.Max([x, b.constant('uint8', ...number(90))]),
        weights(b, [3, 4, 2, 2], { dtype: 'uint8', low: 0, high: 9 }),
      ),
  },
];
