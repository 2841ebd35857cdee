// Products of few rows: the matrix constant or computed, in either order, in sizes that fill vectors of 16 bytes or do not.

import type { GraphBuilder, Value } from '@trtx/ir';
import { type Case, type CaseInput, f32, weights } from '../support.ts';

const product = (
  name: string,
  inputs: readonly CaseInput[],
  build: Case['build'] = (b, x, y) => b.MatMul(x!, y!),
  more: Partial<Case> = {},
): Case => ({ name: `MatMul: few rows, ${name}`, inputs, build, ...more });

const byConstant = (name: string, a: CaseInput, dims: readonly number[], more: Partial<Case> = {}): Case =>
  product(name, [a], (b, x) => b.MatMul(x!, weights(b, dims)), more);

const turned = (b: GraphBuilder, x: Value) => {
  const axes = x.type.shape.map((_, axis) => axis);
  return b.Transpose(x, { perm: [...axes.slice(0, -2), axes.length - 1, axes.length - 2] });
};

export const gemvCases: readonly Case[] = [
  byConstant('one by a constant', f32(1, 1, 64), [64, 24]),
  byConstant('sizes that fill no vector', f32(3, 37), [37, 53]),
  byConstant('a long sum of few columns', f32(2, 1000), [1000, 3]),
  byConstant('a constant vector', f32(2, 3, 72), [72]),
  byConstant('dynamic, by a constant', f32('N', 40), [40, 20], {
    symbols: { N: { min: 0, max: 8 } },
    runs: [{ N: 8 }, { N: 1 }, { N: 0 }, { N: 5 }],
  }),
  {
    name: 'Gemm: few rows, both transposed, factors, a bias, what follows',
    inputs: [f32(48, 4), f32(4, 33)],
    build(b, x, residual) {
      const [y] = b.op('Gemm', [x!, weights(b, [33, 48]), weights(b, [33])], {
        transA: 1,
        transB: 1,
        alpha: 0.5,
        beta: -2,
      });
      return b.Add(b.Relu(y!), residual!);
    },
  },
  product('a computed matrix', [f32(1, 50), f32(50, 40)]),
  product('a computed matrix, transposed', [f32(2, 40), f32(21, 40)], (b, x, y) => b.MatMul(x!, turned(b, y!))),
  product('a batch', [f32(2, 3, 1, 24), f32(2, 3, 24, 16)]),
  product('a batch, transposed, broadcast', [f32(2, 3, 2, 16), f32(2, 1, 21, 16)], (b, x, y) =>
    b.MatMul(x!, turned(b, y!)),
  ),
  product(
    'dynamic sums and columns',
    [f32(2, 1, 'K'), f32(2, 'K', 16), f32(2, 'J', 16)],
    (b, x, y, z) => {
      return b.MatMul(b.MatMul(x!, y!), turned(b, z!));
    },
    {
      symbols: { K: { min: 1, max: 300 }, J: { min: 1, max: 90 } },
      runs: [
        { K: 300, J: 1 },
        { K: 1, J: 90 },
        { K: 131, J: 7 },
      ],
    },
  ),
  product('more than a constant', [f32(1, 16)], (b, x) => b.MatMul(x!, weights(b, [2, 16, 8]))),
];
