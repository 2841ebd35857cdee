// Sums of products of integers, and sums that an equation tells.

import type { BuilderAttributes } from '@trtx/ir';
import { type Case, type CaseInput, f32, weights } from '../support.ts';

const bytes = (...dims: (number | string)[]): CaseInput => ({ dtype: 'uint8', dims, low: 0, high: 256 });
const signed = (...dims: (number | string)[]): CaseInput => ({ dtype: 'int8', dims, low: -128, high: 128 });
const whole = (dtype: CaseInput['dtype'], ...dims: (number | string)[]): CaseInput => ({
  dtype,
  dims,
  low: dtype.startsWith('u') ? 0 : -1000,
  high: 1000,
});

const one = (
  op: string,
  name: string,
  inputs: readonly (CaseInput | null)[],
  attributes: BuilderAttributes = {},
  more: Partial<Case> = {},
): Case => ({
  name: `${op}: ${name}`,
  inputs: inputs.filter((input) => input !== null),
  build(b, ...given) {
    const rest = [...given];
    return b.op(
      op,
      inputs.map((input) => input && rest.shift()!),
      attributes,
    )[0]!;
  },
  ...more,
});

const dynamic: Partial<Case> = {
  symbols: { B: { min: 0, max: 3 }, L: { min: 1, max: 20 } },
  runs: [
    { B: 1, L: 20 },
    { B: 3, L: 1 },
    { B: 0, L: 2 },
  ],
};

export const integerCases: readonly Case[] = [
  one('MatMul', 'integers', [whole('int32', 2, 5, 7), whole('int32', 7, 3)]),
  one('MatMul', 'unsigned integers that wrap around', [
    { dtype: 'uint32', dims: [3, 9], low: 0, high: 2 ** 31 },
    whole('uint32', 9, 6),
  ]),
  one('Gemm', 'integers', [whole('int32', 7, 5), whole('int32', 7, 3), whole('int32', 3)], {
    alpha: 2,
    beta: -3,
    transA: 1,
  }),
  one('MatMulInteger', 'no zero points', [bytes(4, 9), signed(9, 6)]),
  one('MatMulInteger', 'zero points', [bytes(2, 4, 9), bytes(9, 6), bytes(), bytes(1)]),
  one('MatMulInteger', 'zero points for rows and columns', [signed(5, 9), signed(9, 6), signed(5), signed(6)]),
  one('MatMulInteger', 'zero points for batches', [signed(2, 5, 9), signed(2, 9, 6), signed(2, 5, 1), signed(2, 1, 6)]),
  one('MatMulInteger', 'a vector, only one zero point', [bytes(9), signed(9, 6), null, signed(6)]),
  one('MatMulInteger', 'dynamic', [bytes('B', 'L', 8), signed(8, 5), bytes()], {}, dynamic),
  {
    name: 'MatMulInteger: constant weights, and what follows',
    inputs: [bytes(6, 8), bytes()],
    build(b, x, zero) {
      const w = weights(b, [8, 5], { dtype: 'int8', low: -128, high: 128 });
      const product = b.op('MatMulInteger', [x, w, zero])[0]!;
      return b.Mul(b.Cast(product, { to: 'float32' }), b.constant('float32', [], [0.01]));
    },
  },
  one('ConvInteger', 'no zero points', [bytes(1, 2, 6, 5), signed(3, 2, 3, 3)], { pads: [1, 0, 1, 2] }),
  one('ConvInteger', 'zero points, groups, strides', [bytes(2, 4, 7, 7), bytes(10, 2, 3, 3), bytes(), bytes(10)], {
    group: 2,
    pads: [1, 1, 1, 1],
    strides: [2, 1],
  }),
  ...(['int8', 'uint8'] as const).map(
    (dtype): Case => ({
      name: `ConvInteger: constant ${dtype} weights`,
      inputs: [bytes(1, 6, 7, 5), bytes()],
      build(b, x, zero) {
        const [low, high] = dtype === 'int8' ? [-128, 128] : [0, 256];
        const w = weights(b, [10, 3, 3, 2], { dtype, low, high });
        const zeros = weights(b, [10], { dtype, low, high });
        return b.op('ConvInteger', [x, w, zero, zeros], { group: 2, pads: [1, 1, 1, 1] })[0]!;
      },
    }),
  ),
  one('ConvInteger', 'dynamic', [bytes('B', 2, 'L'), signed(3, 2, 1), bytes(), signed()], {}, dynamic),
];

const einsum = (equation: string, ...inputs: readonly CaseInput[]): Case =>
  one('Einsum', equation, inputs, { equation });

export const einsumCases: readonly Case[] = [
  einsum('ij,jk->ik', f32(5, 7), f32(7, 9)),
  einsum('bij,bkj->bik', f32(2, 5, 7), f32(2, 3, 7)),
  einsum('...ij,...jk', f32(2, 1, 3, 4), f32(3, 4, 6)),
  einsum('bhqd,bkhd->bqhk', f32(2, 3, 5, 4), f32(2, 6, 3, 4)),
  einsum('jk,ij->ik', f32(7, 9), f32(5, 7)),
  einsum('nctv,vw->nctw', f32(2, 3, 4, 5), f32(5, 6)),
  einsum('i,i->', f32(9), f32(9)),
  einsum('i,j->ij', f32(3), f32(4)),
  einsum('ijk,ljk->il', f32(3, 4, 5), f32(2, 4, 5)),
  einsum('ii->i', f32(5, 5)),
  einsum('bii->b', f32(2, 4, 4)),
  einsum('ij->ji', f32(3, 5)),
  einsum('ij', f32(3, 5)),
  einsum('ij,jk,kl->il', f32(3, 4), f32(4, 5), f32(5, 2)),
  einsum('ij,jk->ik', whole('int32', 3, 4), whole('int32', 4, 5)),
  one('Einsum', 'dynamic', [f32('B', 'L', 4), f32('B', 5, 4)], { equation: 'bld,bkd->blk' }, dynamic),
  {
    name: 'Einsum: by a constant, and what follows',
    inputs: [f32(2, 5, 8)],
    build: (b, x) => b.Relu(b.op('Einsum', [x, weights(b, [3, 8])], { equation: 'bld,kd->blk' })[0]!),
  },
];
