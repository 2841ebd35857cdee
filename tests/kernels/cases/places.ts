// What moves, orders or combines elements by places that are known only at run time.

import type { BuilderAttributes, Value } from '@trtx/ir';
import { type Case, type CaseInput, f32, ints } from '../support.ts';

const indices = (low: number, high: number, ...dims: number[]): CaseInput => ({ dtype: 'int64', dims, low, high });
const whole = (dtype: CaseInput['dtype'], high: number, ...dims: number[]): CaseInput => ({
  dtype,
  dims,
  low: dtype.startsWith('u') ? 0 : -high,
  high,
});
const one = (
  op: string,
  name: string,
  inputs: readonly CaseInput[],
  attributes: BuilderAttributes = {},
  more: Partial<Case> = {},
): Case => ({
  name: `${op}: ${name}`,
  inputs,
  build: (b, ...values) => b.op(op, values, attributes),
  ...more,
});
const dynamic = {
  symbols: { N: { min: 1, max: 5 }, L: { min: 4, max: 90 } },
  runs: [
    { N: 1, L: 4 },
    { N: 5, L: 90 },
    { N: 2, L: 65 },
  ],
};

const scan = (
  op: string,
  name: string,
  x: CaseInput,
  axis: number,
  attributes: BuilderAttributes = {},
  more: Partial<Case> = {},
): Case => ({
  name: `${op}: ${name}`,
  inputs: [x],
  build: (b, input) => b.op(op, [input, b.constant('int64', [], [axis])], attributes),
  ...more,
});
const top = (
  name: string,
  x: CaseInput,
  k: number,
  attributes: BuilderAttributes = {},
  more: Partial<Case> = {},
): Case => ({
  name: `TopK: ${name}`,
  inputs: [x],
  build: (b, input) => b.op('TopK', [input, ints(b, k)], attributes, { outputs: 2 }),
  ...more,
});

const BOOLS: CaseInput = { dtype: 'bool', dims: [6] };

export const placeCases: readonly Case[] = [
  one('Hardmax', 'the last axis', [f32(4, 70)]),
  {
    name: 'Hardmax: a middle axis, equal elements',
    inputs: [{ dtype: 'float32', dims: [2, 9, 3], low: -2, high: 2 }],
    build: (b, x) => b.Hardmax(b.Round(x), { axis: 1 }),
  },
  scan('CumSum', 'the last axis', f32(3, 20), -1),
  scan('CumSum', 'the first axis, exclusive', f32(9, 4, 2), 0, { exclusive: 1 }),
  scan('CumSum', 'reversed', f32(2, 9, 4), 1, { reverse: 1 }),
  scan('CumSum', 'reversed, exclusive, integers', whole('int32', 1000, 3, 8), 1, { reverse: 1, exclusive: 1 }),
  scan('CumProd', 'the last axis', f32(3, 12), 1),
  scan('CumSum', 'dynamic', f32('N', 'L'), 1, {}, dynamic),
  top('the last axis', f32(4, 50), 7),
  top('the smallest, the first axis', f32(20, 3), 5, { axis: 0, largest: 0 }),
  top('all of them', f32(3, 9), 9),
  top('equal elements', whole('int32', 3, 3, 40), 20),
  top('equal elements, the smallest', whole('int64', 3, 3, 40), 20, { largest: 0 }),
  top('unsigned', whole('uint8', 200, 2, 30, 2), 4, { axis: 1 }),
  top('none', f32(3, 5), 0),
  top('dynamic', f32('N', 'L'), 4, {}, dynamic),
  {
    name: 'TopK: to a dynamic number, worked on',
    inputs: [f32(2, 30), f32('L', 1)],
    symbols: { L: { min: 1, max: 20 } },
    runs: [{ L: 3 }, { L: 20 }],
    build(b, x, y) {
      const [values, places] = b.op('TopK', [b.Neg(x), b.Shape(y, { end: 1 })], {}, { outputs: 2 }) as [Value, Value];
      return [b.Relu(values), b.Add(places, places)];
    },
  },
  ...['none', 'add', 'mul', 'max', 'min'].map((reduction) =>
    one('ScatterElements', `${reduction}, places that meet`, [f32(4, 6), indices(-6, 6, 4, 9), f32(4, 9)], {
      axis: 1,
      reduction,
    }),
  ),
  one('ScatterElements', 'fewer indices than data', [f32(5, 6, 3), indices(-5, 5, 2, 4, 3), f32(2, 4, 3)]),
  one('ScatterElements', 'integers', [whole('int32', 9, 4, 5), indices(0, 4, 6, 5), whole('int32', 9, 6, 5)], {
    reduction: 'add',
  }),
  one('ScatterND', 'elements', [f32(4, 5), indices(-4, 4, 7, 2), f32(7)]),
  one('ScatterND', 'slices, added', [f32(6, 3, 2), indices(-6, 6, 2, 4, 1), f32(2, 4, 3, 2)], { reduction: 'add' }),
  one('ScatterND', 'bools', [{ dtype: 'bool', dims: [6] }, indices(0, 6, 4, 1), { dtype: 'bool', dims: [4] }]),
  ...(['add', 'mul', 'max', 'min'] as const).map((reduction) =>
    one('ScatterND', `bools, ${reduction}`, [BOOLS, indices(0, 6, 4, 1), { dtype: 'bool', dims: [4] }], { reduction }),
  ),
  ...[0, 2, -1].map((k) => one('EyeLike', `diagonal ${k}`, [f32(4, 5)], { k })),
  one('EyeLike', 'integers', [f32(3, 3)], { dtype: 'int64' }),

  one('RotaryEmbedding', 'halves', [f32(2, 3, 5, 8), f32(2, 5, 4), f32(2, 5, 4)]),
  one('RotaryEmbedding', 'neighbours, some features', [f32(2, 3, 5, 8), f32(2, 5, 3), f32(2, 5, 3)], {
    interleaved: 1,
    rotary_embedding_dim: 6,
  }),
  one('RotaryEmbedding', 'packed heads, positions', [f32(2, 5, 24), f32(16, 3), f32(16, 3), indices(0, 16, 2, 5)], {
    num_heads: 4,
  }),

  // Injective, by look-up or by where an element is.
  one('Trilu', 'upper', [f32(2, 4, 5)]),
  one('Trilu', 'lower, below the diagonal', [f32(4, 5), indices(-2, -1)], { upper: 0 }),
  {
    name: 'OneHot: with values',
    inputs: [indices(-5, 5, 2, 3), f32(2)],
    build: (b, x, values) => [
      b.OneHot(x, b.constant('int64', [], [4]), values),
      b.Relu(b.OneHot(x, b.constant('int64', [], [4]), values, { axis: 0 })),
    ],
  },
  one('ReverseSequence', 'time first', [f32(5, 3, 2), { dtype: 'int64', dims: [3], low: 1, high: 6 }]),
  {
    name: 'CenterCropPad: both',
    inputs: [f32(5, 8, 3)],
    build: (b, x) => b.CenterCropPad(x, ints(b, 9, 3), { axes: [0, 1] }),
  },
  one('TensorScatter', 'linear', [f32(2, 3, 7, 4), f32(2, 3, 2, 4), { dtype: 'int64', dims: [2], low: 0, high: 5 }]),
  one('TensorScatter', 'circular', [f32(2, 3, 7, 4), f32(2, 3, 4, 4), { dtype: 'int64', dims: [2], low: 0, high: 7 }], {
    mode: 'circular',
  }),
];
