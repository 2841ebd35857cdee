// Convolutions, transposed or not.

import type { BuilderAttributes, GraphBuilder, Value } from '@trtx/ir';
import { type Case, type CaseInput, f32, ints, weights } from '../support.ts';

interface Options {
  x: CaseInput;
  w: readonly number[];
  bias?: boolean;
  attributes?: BuilderAttributes;
  symbols?: Case['symbols'];
  runs?: Case['runs'];
}

const conv =
  (op: 'Conv' | 'ConvTranspose') =>
  (name: string, { x, w, bias = true, attributes = {}, symbols, runs }: Options): Case => ({
    name: `${op}: ${name}`,
    inputs: [x],
    symbols,
    runs,
    build(b: GraphBuilder, input: Value) {
      const channels = op === 'Conv' ? w[0]! : w[1]! * Number(attributes.group ?? 1);
      return b.op(op, [input, weights(b, w), ...(bias ? [weights(b, [channels])] : [])], attributes)[0]!;
    },
  });
const direct = conv('Conv');
const transposed = conv('ConvTranspose');

const same = (n: number, rank = 2) => new Array<number>(2 * rank).fill(n);

/** Convolved, a number for each channel taken times it, and the input added: eight channels are finished at once. */
const residual = (name: string, x: CaseInput, more: Partial<Case> = {}): Case => ({
  name: `Conv: ${name}`,
  inputs: [x],
  build(b, input) {
    const channels = x.dims[1] as number;
    const y = b.Conv(input, weights(b, [channels, channels, 3, 3], { low: -0.2, high: 0.2 }), weights(b, [channels]), {
      pads: same(1),
    });
    return [b.Relu(b.Add(b.Mul(y, weights(b, [channels, 1, 1], { seed: 7 })), input))];
  },
  ...more,
});

export const convCases: readonly Case[] = [
  direct('odd channels, batch of 2', { x: f32(2, 3, 9, 11), w: [5, 3, 3, 3], attributes: { pads: same(1) } }),
  direct('1×1', { x: f32(1, 7, 6, 5), w: [9, 7, 1, 1] }),
  direct('1×1, stride 2, no bias', {
    x: f32(1, 4, 7, 9),
    w: [8, 4, 1, 1],
    bias: false,
    attributes: { strides: [2, 2] },
  }),
  direct('stride 3, asymmetric pads', {
    x: f32(1, 2, 11, 10),
    w: [4, 2, 5, 4],
    attributes: { strides: [3, 2], pads: [1, 2, 0, 3] },
  }),
  direct('dilation', { x: f32(1, 3, 12, 13), w: [6, 3, 3, 3], attributes: { dilations: [2, 3], pads: same(2) } }),
  direct('3 groups', { x: f32(2, 6, 7, 7), w: [9, 2, 3, 3], attributes: { group: 3, pads: same(1) } }),
  direct('2 groups of 5 outputs', { x: f32(1, 4, 6, 6), w: [10, 2, 3, 3], attributes: { group: 2 } }),
  direct('70 to 33 channels', { x: f32(1, 70, 4, 5), w: [33, 70, 3, 3], attributes: { pads: same(1) } }),
  residual('16 channels, scaled, with what was there added', f32(2, 16, 5, 6)),
  residual('24 channels likewise, of dynamic sizes', f32('N', 24, 'H', 4), {
    symbols: { N: { min: 1, max: 3 }, H: { min: 1, max: 9 } },
    runs: [
      { N: 1, H: 9 },
      { N: 3, H: 1 },
    ],
  }),
  direct('a long sum', { x: f32(2, 48, 5, 4), w: [16, 48, 3, 3], attributes: { pads: same(1) } }),
  direct('a long sum in 2 groups, of odd channels', {
    x: f32(1, 66, 5, 4),
    w: [10, 33, 3, 4],
    attributes: { group: 2 },
  }),
  direct('12 channels, asymmetric pads', {
    x: f32(2, 12, 9, 10),
    w: [7, 12, 3, 3],
    attributes: { pads: [0, 2, 1, 3] },
  }),
  direct('one channel to one', { x: f32(1, 1, 5, 5), w: [1, 1, 3, 3], attributes: { pads: same(1) } }),
  direct('1-D', { x: f32(2, 3, 17), w: [4, 3, 5], attributes: { strides: [2], pads: [2, 1] } }),
  direct('3-D', { x: f32(1, 2, 5, 6, 7), w: [3, 2, 2, 3, 3], attributes: { strides: [1, 2, 2], pads: same(1, 3) } }),
  direct('SAME_UPPER, even window', {
    x: f32(1, 2, 7, 8),
    w: [3, 2, 4, 2],
    attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] },
  }),
  direct('SAME_LOWER', {
    x: f32(1, 2, 7, 8),
    w: [3, 2, 4, 2],
    attributes: { auto_pad: 'SAME_LOWER', strides: [2, 3] },
  }),
  direct('VALID', { x: f32(1, 2, 7, 8), w: [3, 2, 3, 3], attributes: { auto_pad: 'VALID' } }),
  direct('a window past the input', { x: f32(1, 2, 2, 2), w: [3, 2, 5, 5], attributes: { pads: same(2) } }),
  direct('no batch', { x: f32(0, 3, 5, 5), w: [4, 3, 3, 3] }),
  direct('depthwise', { x: f32(2, 6, 9, 7), w: [6, 1, 3, 3], attributes: { group: 6, pads: same(1) } }),
  direct('depthwise, two outputs a channel, stride 2', {
    x: f32(1, 5, 9, 11),
    w: [10, 1, 5, 5],
    attributes: { group: 5, strides: [2, 2], pads: same(2) },
  }),
  direct('depthwise, dilation', {
    x: f32(1, 4, 11, 11),
    w: [4, 1, 3, 3],
    bias: false,
    attributes: { group: 4, dilations: [2, 2], pads: [2, 1, 0, 3] },
  }),
  direct('depthwise, 1-D', { x: f32(2, 3, 20), w: [3, 1, 7], attributes: { group: 3, pads: [3, 3] } }),
  direct('depthwise, 3-D', { x: f32(1, 3, 4, 5, 6), w: [3, 1, 3, 3, 3], attributes: { group: 3, pads: same(1, 3) } }),
  direct('depthwise, no batch', { x: f32(0, 3, 5, 5), w: [3, 1, 3, 3], attributes: { group: 3 } }),
  {
    name: 'Conv: computed weights',
    inputs: [f32(1, 4, 6, 7), f32(6, 2, 3, 3), f32(6)],
    build: (b, x, w, bias) => b.Conv(x, w, bias, { group: 2, pads: same(1) }),
  },
  {
    name: 'Conv: depthwise with computed weights',
    inputs: [f32(1, 4, 6, 7), f32(4, 1, 3, 3)],
    build: (b, x, w) => b.Conv(x, w, { group: 4, pads: same(1) }),
  },
  {
    name: 'Conv: of a transposed view and a slice of it',
    inputs: [f32(1, 8, 9, 3)],
    build(b, x) {
      const turned = b.Transpose(x, { perm: [0, 3, 1, 2] });
      const cut = b.Slice(turned, ints(b, 1, -1), ints(b, 7, -100), ints(b, 2, 3), ints(b, 2, -1));
      return [b.Conv(turned, weights(b, [5, 3, 3, 3])), b.Conv(cut, weights(b, [5, 3, 2, 2]), { pads: [0, 1, 1, 0] })];
    },
  },
  direct('dynamic batch and sizes', {
    x: f32('N', 3, 'H', 'W'),
    w: [5, 3, 3, 3],
    attributes: { strides: [2, 2], pads: same(1) },
    symbols: { N: { min: 0, max: 3 }, H: { min: 1, max: 20 }, W: { min: 2, max: 24 } },
    runs: [
      { N: 1, H: 8, W: 8 },
      { N: 3, H: 20, W: 24 },
      { N: 2, H: 1, W: 2 },
      { N: 0, H: 4, W: 4 },
      { N: 1, H: 7, W: 13 },
    ],
  }),
  direct('dynamic sizes, SAME_UPPER', {
    x: f32(1, 2, 'H', 'W'),
    w: [3, 2, 3, 4],
    attributes: { strides: [2, 3], auto_pad: 'SAME_UPPER' },
    symbols: { H: { min: 1, max: 20 }, W: { min: 1, max: 20 } },
    runs: [
      { H: 7, W: 8 },
      { H: 1, W: 1 },
      { H: 20, W: 19 },
    ],
  }),
  direct('dynamic sizes, depthwise', {
    x: f32('N', 4, 'H', 12),
    w: [4, 1, 3, 3],
    attributes: { group: 4, strides: [1, 2], pads: same(1) },
    symbols: { N: { min: 1, max: 4 }, H: { min: 2, max: 32, multipleOf: 2 } },
    runs: [
      { N: 1, H: 2 },
      { N: 4, H: 32 },
      { N: 3, H: 10 },
    ],
  }),

  transposed('stride 2', { x: f32(1, 4, 5, 6), w: [4, 3, 2, 2], attributes: { strides: [2, 2] } }),
  transposed('stride 2, pads, output padding', {
    x: f32(2, 3, 5, 4),
    w: [3, 5, 3, 3],
    attributes: { strides: [2, 2], pads: same(1), output_padding: [1, 1] },
  }),
  transposed('window smaller than the stride', {
    x: f32(1, 3, 4, 5),
    w: [3, 4, 2, 1],
    attributes: { strides: [3, 3], output_padding: [1, 2] },
  }),
  transposed('stride 1, asymmetric pads', { x: f32(1, 2, 6, 7), w: [2, 3, 4, 3], attributes: { pads: [0, 1, 3, 1] } }),
  transposed('groups', { x: f32(1, 6, 4, 4), w: [6, 5, 3, 3], attributes: { group: 2, strides: [2, 2] } }),
  transposed('dilation and stride', {
    x: f32(1, 2, 5, 5),
    w: [2, 3, 3, 2],
    bias: false,
    attributes: { dilations: [2, 3], strides: [2, 1], pads: same(1) },
  }),
  transposed('1-D', { x: f32(2, 3, 9), w: [3, 2, 5], attributes: { strides: [3], pads: [1, 2] } }),
  transposed('3-D', { x: f32(1, 2, 3, 3, 4), w: [2, 3, 2, 3, 2], attributes: { strides: [2, 2, 1] } }),
  transposed('output_shape', {
    x: f32(1, 2, 5, 5),
    w: [2, 3, 3, 3],
    attributes: { strides: [2, 2], output_shape: [10, 12] },
  }),
  transposed('SAME_UPPER', {
    x: f32(1, 2, 5, 5),
    w: [2, 3, 3, 4],
    attributes: { strides: [2, 2], auto_pad: 'SAME_UPPER' },
  }),
  transposed('stride 2, eight channels', { x: f32(2, 8, 5, 6), w: [8, 12, 2, 2], attributes: { strides: [2, 2] } }),
  transposed('stride 2, eight channels in groups, cropped', {
    x: f32(1, 8, 5, 6),
    w: [8, 4, 4, 2],
    attributes: { group: 2, strides: [2, 2], pads: [2, 0, 0, 2] },
  }),
  transposed('stride 2, 16 channels, windows of three and four', {
    x: f32(1, 16, 4, 5),
    w: [16, 8, 3, 4],
    attributes: { strides: [2, 2], pads: same(1), output_padding: [1, 0] },
  }),
  transposed('dynamic sizes, eight channels', {
    x: f32('N', 8, 'H', 4),
    w: [8, 8, 2, 3],
    attributes: { strides: [2, 1] },
    symbols: { N: { min: 1, max: 2 }, H: { min: 1, max: 9 } },
    runs: [
      { N: 2, H: 3 },
      { N: 1, H: 9 },
    ],
  }),
  transposed('no batch', { x: f32(0, 2, 3, 3), w: [2, 3, 2, 2], attributes: { strides: [2, 2] } }),
  {
    name: 'ConvTranspose: of eight channels, with what was there added',
    inputs: [f32(1, 8, 3, 5), f32(1, 8, 6, 10)],
    build: (b, x, skipped) => {
      const y = b.ConvTranspose(x, weights(b, [8, 8, 2, 2]), weights(b, [8]), { strides: [2, 2] });
      return b.Relu(b.Add(b.Mul(y, weights(b, [8, 1, 1], { seed: 7 })), skipped));
    },
  },
  {
    name: 'ConvTranspose: computed weights',
    inputs: [f32(1, 4, 4, 5), f32(4, 3, 3, 3)],
    build: (b, x, w) => b.ConvTranspose(x, w, { group: 2, strides: [2, 2], pads: same(1) }),
  },
  transposed('dynamic sizes', {
    x: f32('N', 3, 'H', 'W'),
    w: [3, 2, 4, 4],
    attributes: { strides: [2, 2], pads: same(1) },
    symbols: { N: { min: 1, max: 2 }, H: { min: 1, max: 9 }, W: { min: 1, max: 9 } },
    runs: [
      { N: 1, H: 4, W: 5 },
      { N: 2, H: 9, W: 1 },
      { N: 1, H: 1, W: 9 },
    ],
  }),
];
