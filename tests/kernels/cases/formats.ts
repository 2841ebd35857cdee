// Small convolutional networks: what follows one another in memory is chosen for each value.

import type { GraphBuilder, Value } from '@trtx/ir';
import { type Case, f32, ints, weights } from '../support.ts';

const same = { pads: [1, 1, 1, 1] };

function conv(b: GraphBuilder, x: Value, outputs: number, kernel = 3): Value {
  const inputs = x.type.shape[1] as number;
  return b.Conv(x, weights(b, [outputs, inputs, kernel, kernel], { low: -0.3, high: 0.3 }), kernel === 3 ? same : {});
}

const stem = (b: GraphBuilder, x: Value, channels = 16) => b.Relu(conv(b, x, channels));

export const formatCases: Case[] = [
  {
    name: 'residual blocks',
    inputs: [f32(2, 3, 12, 14)],
    build(b, x) {
      const a = stem(b, x);
      const block = b.Relu(b.Add(conv(b, b.Relu(conv(b, a, 16)), 16), a));
      return b.GlobalAveragePool(b.Add(conv(b, b.Relu(conv(b, block, 16)), 16), block));
    },
  },
  {
    name: 'two branches written into one',
    inputs: [f32(1, 3, 10, 10)],
    build(b, x) {
      const squeezed = b.Relu(conv(b, stem(b, x), 8, 1));
      const expanded = b.Concat([b.Relu(conv(b, squeezed, 16, 1)), b.Relu(conv(b, squeezed, 20))], { axis: 1 });
      return conv(b, expanded, 5, 1);
    },
  },
  {
    name: 'a branch of an odd number of channels, written into one',
    inputs: [f32(1, 3, 10, 10)],
    build(b, x) {
      const a = stem(b, x);
      return conv(b, b.Concat([conv(b, a, 3), conv(b, a, 13)], { axis: 1 }), 8);
    },
  },
  {
    name: 'dense blocks',
    inputs: [f32(1, 3, 9, 7)],
    build(b, x) {
      const a = stem(b, x);
      const first = b.Concat([a, conv(b, a, 8)], { axis: 1 });
      return conv(b, b.Concat([first, conv(b, first, 8)], { axis: 1 }), 4, 1);
    },
  },
  {
    name: 'halves of the channels',
    inputs: [f32(1, 4, 8, 8)],
    build(b, x) {
      const [left, right] = b.op('Split', [stem(b, x), ints(b, 8, 8)], { axis: 1 }, { outputs: 2 });
      return conv(b, b.Mul(conv(b, left!, 8), b.Sigmoid(right!)), 8);
    },
  },
  {
    name: 'depthwise, pooled, resized',
    inputs: [f32(1, 3, 16, 12)],
    build(b, x) {
      const a = stem(b, x);
      const deep = b.Conv(a, weights(b, [16, 1, 3, 3]), { ...same, group: 16 });
      const [pooled] = [b.MaxPool(conv(b, deep, 24, 1), { kernel_shape: [2, 2], strides: [2, 2] })].flat() as Value[];
      const scales = b.constant('float32', [4], [1, 1, 2, 2]);
      const wide = b.Resize(conv(b, pooled!, 16), null, scales, null, { mode: 'linear' });
      return conv(b, b.Add(wide, a), 6);
    },
  },
  {
    name: 'a head whose channels come last in the end',
    inputs: [f32(1, 3, 8, 8)],
    build(b, x) {
      const a = conv(b, stem(b, x), 6);
      const last = b.Reshape(b.Transpose(a, { perm: [0, 2, 3, 1] }), ints(b, 1, -1, 3));
      return [b.Softmax(last, { axis: -1 }), b.Sigmoid(a)];
    },
  },
  {
    name: 'channels that came last in the beginning',
    inputs: [f32(1, 8, 9, 8)],
    build: (b, x) => conv(b, b.Relu(conv(b, b.Transpose(x, { perm: [0, 3, 1, 2] }), 8)), 4),
  },
  {
    name: 'sizes of the run',
    inputs: [f32(1, 3, 'h', 'w')],
    symbols: { h: { min: 4, max: 40 }, w: { min: 4, max: 40 } },
    runs: [
      { h: 6, w: 9 },
      { h: 31, w: 4 },
    ],
    build(b, x) {
      const a = stem(b, x);
      const both = b.Concat([conv(b, a, 8), conv(b, a, 8, 1)], { axis: 1 });
      return b.GlobalMaxPool(b.Add(conv(b, both, 16), a));
    },
  },
  {
    name: 'groups, in one dimension and in three',
    inputs: [f32(2, 8, 20), f32(1, 8, 4, 5, 6)],
    build(b, line, volume) {
      const a = b.Conv(b.Relu(b.Conv(line, weights(b, [16, 4, 3]), { group: 2 })), weights(b, [8, 8, 3]), { group: 2 });
      const v = b.Conv(b.Relu(b.Conv(volume, weights(b, [8, 8, 1, 1, 1]))), weights(b, [4, 8, 2, 2, 2]));
      return [a, v];
    },
  },
];
