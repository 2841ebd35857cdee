// Matrix products.

import type { BuilderAttributes } from '@trtx/ir';
import { type Case, type CaseInput, f32, ints, weights } from '../support.ts';

const product = (name: string, a: CaseInput, c: CaseInput, more: Partial<Case> = {}): Case => ({
  name: `MatMul: ${name}`,
  inputs: [a, c],
  build: (b, x, y) => b.MatMul(x, y),
  ...more,
});
const byConstant = (name: string, a: CaseInput, dims: readonly number[], more: Partial<Case> = {}): Case => ({
  name: `MatMul: ${name}`,
  inputs: [a],
  build: (b, x) => b.MatMul(x, weights(b, dims)),
  ...more,
});
const gemm = (
  name: string,
  dims: readonly (readonly number[])[],
  attributes: BuilderAttributes = {},
  constant = true,
): Case => {
  const [a, w, c] = dims;
  return {
    name: `Gemm: ${name}`,
    inputs: constant ? [f32(...a!)] : dims.map((d) => f32(...d)),
    build(b, x, ...rest) {
      const [y = weights(b, w!), z = c ? weights(b, c) : null] = rest;
      return b.op('Gemm', z ? [x, y, z] : [x, y], attributes)[0]!;
    },
  };
};

export const matmulCases: readonly Case[] = [
  product('two matrices', f32(5, 7), f32(7, 9)),
  product('a row by a column', f32(1, 6), f32(6, 1)),
  product('a column by a row', f32(5, 1), f32(1, 6)),
  product('batches', f32(2, 3, 5, 6), f32(2, 3, 6, 4)),
  product('batches that broadcast', f32(2, 1, 5, 6), f32(3, 6, 4)),
  product('one matrix for a batch', f32(2, 3, 5, 6), f32(6, 7)),
  product('a vector from the left', f32(6), f32(2, 6, 5)),
  product('a vector from the right', f32(2, 5, 6), f32(6)),
  product('two vectors', f32(11), f32(11)),
  product('no rows', f32(0, 5), f32(5, 3)),
  product('nothing to sum', f32(3, 0), f32(0, 4)),
  product('views: transposed, sliced, broadcast', f32(2, 6, 5), f32(4, 12), {
    build(b, x, y) {
      const sliced = b.Slice(y, ints(b, -1), ints(b, -100), ints(b, 1), ints(b, -2));
      const turned = b.Transpose(x, { perm: [0, 2, 1] });
      const spread = b.Expand(b.Unsqueeze(sliced, ints(b, 0)), ints(b, 2, 4, 6));
      return [
        b.MatMul(turned, b.Transpose(sliced, { perm: [1, 0] })),
        b.MatMul(spread, x),
        b.MatMul(b.Transpose(turned, { perm: [0, 2, 1] }), b.Transpose(x, { perm: [0, 2, 1] })),
      ];
    },
  }),
  byConstant('a constant', f32(3, 4, 13), [13, 6]),
  byConstant('a constant vector', f32(3, 4, 13), [13]),
  byConstant('one constant number', f32(3, 4, 1), [1, 1]),
  byConstant('a batch of constants', f32(2, 4, 5), [2, 5, 3]),
  {
    name: 'MatMul: a constant from the left',
    inputs: [f32(2, 6, 5)],
    build: (b, x) => [b.MatMul(weights(b, [3, 6]), x), b.MatMul(weights(b, [2, 3, 6]), x)],
  },
  product('dynamic sizes', f32('N', 'M', 'K'), f32('N', 'K', 'J'), {
    symbols: { N: { min: 0, max: 3 }, M: { min: 1, max: 40 }, K: { min: 1, max: 33 }, J: { min: 1, max: 17 } },
    runs: [
      { N: 1, M: 5, K: 7, J: 3 },
      { N: 3, M: 40, K: 33, J: 17 },
      { N: 2, M: 1, K: 1, J: 1 },
      { N: 0, M: 4, K: 4, J: 4 },
    ],
  }),
  byConstant('dynamic rows by a constant', f32('N', 'M', 9), [9, 10], {
    symbols: { N: { min: 1, max: 4 }, M: { min: 1, max: 64 } },
    runs: [
      { N: 1, M: 1 },
      { N: 4, M: 64 },
      { N: 3, M: 31 },
    ],
  }),
  {
    name: 'MatMul: attention with dynamic length',
    inputs: [f32(1, 'L', 24)],
    symbols: { L: { min: 1, max: 20 } },
    runs: [{ L: 7 }, { L: 20 }, { L: 1 }],
    build(b, x) {
      const heads = (w: number) => {
        const y = b.Reshape(b.MatMul(x, weights(b, [24, 24], { seed: w })), ints(b, 0, -1, 3, 8));
        return b.Transpose(y, { perm: [0, 2, 1, 3] });
      };
      const scores = b.MatMul(heads(1), b.Transpose(heads(2), { perm: [0, 1, 3, 2] }));
      const weighted = b.MatMul(b.Softmax(b.Mul(scores, b.constant('float32', [], [0.35])), { axis: -1 }), heads(3));
      return b.Reshape(b.Transpose(weighted, { perm: [0, 2, 1, 3] }), ints(b, 0, -1, 24));
    },
  },

  gemm('plain', [
    [5, 6],
    [6, 7],
  ]),
  gemm('both transposed, factors, a bias of the columns', [[6, 5], [7, 6], [7]], {
    transA: 1,
    transB: 1,
    alpha: 0.5,
    beta: -2,
  }),
  gemm(
    'a bias of the rows',
    [
      [5, 6],
      [6, 7],
      [5, 1],
    ],
    { alpha: 2 },
  ),
  gemm(
    'a bias for each element, computed operands',
    [
      [5, 6],
      [7, 6],
      [5, 7],
    ],
    { transB: 1 },
    false,
  ),
  gemm('a number for bias', [[5, 6], [6, 3], []]),
  gemm('a bias without weight', [[5, 6], [6, 3], [3]], { beta: 0 }),
  {
    name: 'MatMul: a bias, an activation and what was there',
    inputs: [f32(2, 5, 16)],
    build: (b, x) => [b.Add(b.Tanh(b.Add(b.MatMul(x, weights(b, [16, 16])), weights(b, [16]))), x)],
  },
  {
    name: 'MatMul: a long sum, with what was there',
    inputs: [f32(20, 600), f32(20, 24)],
    build: (b, x, y) => [b.Add(b.MatMul(x, weights(b, [600, 24], { low: -0.2, high: 0.2 })), y)],
  },
  {
    name: 'MatMul: a long sum, as many rows as come, an odd number of columns',
    inputs: [f32('N', 5, 520)],
    symbols: { N: { min: 1, max: 6 } },
    runs: [{ N: 1 }, { N: 6 }],
    build: (b, x) => [b.Relu(b.MatMul(x, weights(b, [520, 13], { low: -0.2, high: 0.2 })))],
  },
  {
    name: 'MatMul: two results in different shapes',
    inputs: [f32(1, 6, 16)],
    build(b, x) {
      const y = b.MatMul(x, weights(b, [16, 24]));
      return [b.Relu(y), b.Reshape(b.Sigmoid(y), ints(b, 6, 4, 6))];
    },
  },
  gemm(
    'computed operands, A transposed',
    [
      [6, 5],
      [6, 9],
      [1, 9],
    ],
    { transA: 1 },
    false,
  ),
];
