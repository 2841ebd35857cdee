// What works on rows of a tensor: reductions, places of extremes, Softmax, norms.

import type { BuilderAttributes } from '@trtx/ir';
import { type Case, type CaseInput, f32, ints, weights } from '../support.ts';

const REDUCTIONS = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceSumSquare',
  'ReduceLogSumExp',
] as const;

interface Options {
  axes?: readonly number[];
  attributes?: BuilderAttributes;
  symbols?: Case['symbols'];
  runs?: Case['runs'];
}

const reduce = (op: string, name: string, x: CaseInput, { axes, attributes, symbols, runs }: Options = {}): Case => ({
  name: `${op}: ${name}`,
  inputs: [x],
  symbols,
  runs,
  build: (b, input) => b.op(op, axes ? [input, ints(b, ...axes)] : [input], attributes),
});
const one = (
  op: string,
  name: string,
  x: CaseInput,
  attributes: BuilderAttributes = {},
  more: Partial<Case> = {},
): Case => ({
  name: `${op}: ${name}`,
  inputs: [x],
  build: (b, input) => b.op(op, [input], attributes),
  ...more,
});
/** Positive numbers, so that their logarithms exist. */
const positive = (...dims: (number | string)[]): CaseInput => ({ dtype: 'float32', dims, low: 0.5, high: 1.5 });
const whole = (dtype: CaseInput['dtype'], high: number, ...dims: number[]): CaseInput => ({
  dtype,
  dims,
  low: dtype.startsWith('u') ? 0 : -high,
  high,
});

const dynamicRows = {
  symbols: { N: { min: 1, max: 5 }, L: { min: 1, max: 200 } },
  runs: [
    { N: 1, L: 1 },
    { N: 5, L: 200 },
    { N: 2, L: 65 },
  ],
};

export const reduceCases: readonly Case[] = [
  ...REDUCTIONS.map((op) => reduce(op, 'the last axis', positive(3, 5, 70), { axes: [-1] })),
  ...REDUCTIONS.map((op) => reduce(op, 'all axes', positive(2, 3, 9))),
  reduce('ReduceSum', 'the first axis', f32(7, 6, 5), { axes: [0] }),
  reduce('ReduceMean', 'a middle axis, gone', f32(3, 7, 5), { axes: [1], attributes: { keepdims: 0 } }),
  reduce('ReduceMax', 'axes apart', f32(3, 4, 5, 6), { axes: [0, -2] }),
  reduce('ReduceMean', 'axes apart, gone', f32(3, 4, 5, 6), { axes: [1, 3], attributes: { keepdims: 0 } }),
  reduce('ReduceL2', 'no axes', f32(3, 4), { attributes: { noop_with_empty_axes: 1 } }),
  reduce('ReduceLogSumExp', 'large numbers', { dtype: 'float32', dims: [4, 33], low: -1e4, high: 1e4 }, { axes: [1] }),
  reduce('ReduceSum', 'int32', whole('int32', 1000, 3, 20), { axes: [1] }),
  reduce('ReduceMean', 'int32', whole('int32', 1000, 3, 20), { axes: [1] }),
  reduce('ReduceMax', 'int64', whole('int64', 1000, 3, 20), { axes: [0] }),
  reduce('ReduceSum', 'int8, which wraps', whole('int8', 100, 3, 20), { axes: [1] }),
  reduce('ReduceMin', 'uint8', whole('uint8', 200, 3, 20), { axes: [1] }),
  reduce('ReduceProd', 'uint32', whole('uint32', 7, 5, 6), { axes: [1] }),
  reduce('ReduceMax', 'bools', { dtype: 'bool', dims: [20, 3] }, { axes: [1] }),
  reduce('ReduceMin', 'bools', { dtype: 'bool', dims: [3, 20, 2] }, { axes: [2] }),
  reduce('ReduceSum', 'nothing', f32(3, 0), { axes: [1] }),
  reduce('ReduceMax', 'of no rows', f32(0, 4), { axes: [1] }),
  reduce('ReduceMean', 'dynamic', f32('N', 'L'), { axes: [1], ...dynamicRows }),
  reduce('ReduceSum', 'dynamic, over the first', f32('L', 'N', 3), { axes: [0], ...dynamicRows }),
  reduce('ReduceLogSumExp', 'dynamic', f32('N', 'L'), { axes: [1], ...dynamicRows }),
  {
    name: 'ReduceSum: of a product of views, which is computed on the way',
    inputs: [f32(4, 6, 5), f32(5, 1)],
    build: (b, x, y) => b.ReduceSum(b.Mul(b.Transpose(x, { perm: [0, 2, 1] }), y), ints(b, -1)),
  },
  one('GlobalAveragePool', '2-D', f32(2, 3, 7, 9)),
  one('GlobalMaxPool', '3-D', f32(2, 3, 3, 4, 5)),
  one('GlobalAveragePool', 'dynamic', f32(1, 3, 'N', 'L'), {}, dynamicRows),

  one('GlobalLpPool', 'p = 2', f32(2, 3, 7, 9)),
  one('GlobalLpPool', 'p = 3', f32(2, 3, 7, 9), { p: 3 }),

  one('ArgMax', 'the last axis', f32(4, 70), { axis: -1 }),
  one('ArgMin', 'the first axis, gone', f32(9, 4, 3), { axis: 0, keepdims: 0 }),
  one('ArgMax', 'equal elements: the first', whole('int32', 3, 5, 40), { axis: 1 }),
  one('ArgMin', 'equal elements: the last', whole('int64', 3, 5, 40), { axis: 1, select_last_index: 1 }),
  one('ArgMax', 'unsigned', whole('uint8', 9, 3, 6, 2), { axis: 1, select_last_index: 1 }),
  one('ArgMax', 'dynamic', f32('N', 'L'), { axis: 1, keepdims: 0 }, dynamicRows),

  one('Softmax', 'the last axis', f32(3, 100), { axis: -1 }),
  one('Softmax', 'a middle axis', f32(2, 7, 5), { axis: 1 }),
  one('Softmax', 'the first axis', f32(9, 4), { axis: 0 }),
  one('Softmax', 'one element', f32(4, 1), { axis: 1 }),
  one('Softmax', 'dynamic', f32('N', 'L'), { axis: 1 }, dynamicRows),
  one('LogSoftmax', 'the last axis', f32(3, 100), { axis: -1 }),
  one('LogSoftmax', 'large numbers', { dtype: 'float32', dims: [2, 50], low: -1000, high: 1000 }),
];

const norm = (
  op: string,
  name: string,
  x: CaseInput,
  operands: readonly (readonly number[])[],
  more: Options = {},
): Case => ({
  name: `${op}: ${name}`,
  inputs: [x],
  symbols: more.symbols,
  runs: more.runs,
  build: (b, input) =>
    b.op(op, [input, ...operands.map((dims, i) => weights(b, dims, { seed: i + 3 }))], more.attributes),
});

export const normCases: readonly Case[] = [
  norm('LayerNormalization', 'the last axis', f32(3, 5, 70), [[70], [70]]),
  norm('LayerNormalization', 'no bias, a number for scale', f32(3, 5, 6), [[1]]),
  norm(
    'LayerNormalization',
    'two axes',
    f32(4, 5, 6),
    [
      [5, 6],
      [5, 6],
    ],
    { attributes: { axis: 1 } },
  ),
  norm('LayerNormalization', 'all axes, operands that broadcast', f32(4, 5, 6), [[5, 1], [6]], {
    attributes: { axis: 0 },
  }),
  norm('LayerNormalization', 'an offset', { dtype: 'float32', dims: [4, 40], low: 99, high: 101 }, [[40], [40]]),
  norm('LayerNormalization', 'dynamic', f32('N', 'L', 24), [[24], [24]], dynamicRows),
  norm('RMSNormalization', 'the last axis', f32(3, 5, 70), [[70]]),
  norm('RMSNormalization', 'two axes, a larger epsilon', f32(4, 5, 6), [[6]], {
    attributes: { axis: 1, epsilon: 0.1 },
  }),
  norm('RMSNormalization', 'dynamic', f32('N', 'L', 10), [[10]], dynamicRows),
  norm('InstanceNormalization', '2-D', f32(2, 3, 7, 9), [[3], [3]]),
  norm('InstanceNormalization', '1-D, one channel', f32(2, 1, 70), [[1], [1]]),
  norm('InstanceNormalization', '3-D', f32(1, 4, 3, 4, 5), [[4], [4]], { attributes: { epsilon: 0.01 } }),
  norm('InstanceNormalization', 'dynamic', f32('N', 3, 'L', 2), [[3], [3]], dynamicRows),
  norm('GroupNormalization', '3 groups', f32(2, 6, 5, 4), [[6], [6]], { attributes: { num_groups: 3 } }),
  norm('GroupNormalization', 'one group, dynamic', f32('N', 4, 'L'), [[4], [4]], {
    attributes: { num_groups: 1, epsilon: 0.01 },
    ...dynamicRows,
  }),
  one('LpNormalization', 'p = 2', f32(3, 70)),
  one('LpNormalization', 'p = 1, a middle axis', f32(3, 7, 5), { p: 1, axis: 1 }),
  one('LpNormalization', 'dynamic', f32('N', 'L'), { axis: 0 }, dynamicRows),
  {
    name: 'LpNormalization: of zeros',
    inputs: [f32(3, 4)],
    build: (b, x) => b.LpNormalization(b.Mul(x, b.constant('float32', [3, 1], [0, 1, 0]))),
  },
  {
    name: 'LayerNormalization: with its statistics',
    inputs: [f32(3, 4, 20)],
    build: (b, x) => b.op('LayerNormalization', [x, weights(b, [20])], {}, { outputs: 3 }),
  },
  {
    name: 'LayerNormalization: of a sum, and an activation after it',
    inputs: [f32(3, 20), f32(3, 20)],
    build: (b, x, y) => b.Gelu(b.op('LayerNormalization', [b.Add(x, y), weights(b, [20]), weights(b, [20])])[0]!),
  },
];
