// What one dispatch does for several nodes, and results that are written where they belong.

import type { GraphBuilder, Value } from '@trtx/ir';
import { type Case, f32, ints, weights } from '../support.ts';

const fusion = (name: string, inputs: Case['inputs'], build: Case['build'], more: Partial<Case> = {}): Case => ({
  name: `fusion: ${name}`,
  inputs,
  build,
  ...more,
});

const half = (...dims: (number | string)[]) => ({ ...f32(...dims), dtype: 'float16' as const });

function conv(b: GraphBuilder, x: Value, channels: number): Value {
  const from = x.type.shape[1] as number;
  return b.Conv(x, weights(b, [channels, from, 3, 3], { low: -0.2, high: 0.2, seed: channels }), {
    pads: [1, 1, 1, 1],
  });
}

/** Queries, keys and values of one product, as heads of 4. */
function heads(b: GraphBuilder, x: Value, count: number): Value[] {
  const width = 4 * count;
  const qkv = b.MatMul(x, weights(b, [x.type.shape[2] as number, 3 * width]));
  return b.op('Split', [qkv, ints(b, width, width, width)], { axis: 2 }, { outputs: 3 }).map((value) => {
    return b.Transpose(b.Reshape(value, ints(b, 0, 0, count, 4)), { perm: [0, 2, 1, 3] });
  });
}

function joined(b: GraphBuilder, y: Value, width: number): Value {
  return b.Reshape(b.Transpose(y, { perm: [0, 2, 1, 3] }), ints(b, 0, 0, width));
}

const image = f32(2, 4, 6, 5);
const steps = {
  symbols: { N: { min: 1, max: 3 }, L: { min: 2, max: 9 }, P: { min: 1, max: 7 } },
  runs: [
    { N: 2, L: 5, P: 3 },
    { N: 1, L: 9, P: 7 },
    { N: 3, L: 2, P: 1 },
  ],
};

export const fusionCases: readonly Case[] = [
  fusion('parts that are convolved, pooled and added', [image], (b, x) => {
    const y = b.Relu(conv(b, x, 3));
    const both = b.Concat([y, conv(b, y, 5)], { axis: 1 });
    const more = b.Concat([both, conv(b, both, 2)], { axis: 1 });
    return [conv(b, more, 2), b.AveragePool(more, { kernel_shape: [2, 2] }), b.Add(b.ReduceMean(y), more)];
  }),
  fusion(
    'a part that is written long before the others, whose places other tensors take',
    [f32(1, 4, 16, 16)],
    (b, x) => {
      const early = conv(b, x, 4);
      const small = b.AveragePool(early, { kernel_shape: [2, 2], strides: [2, 2] });
      const large = b.Resize(small, null, b.constant('float32', [4], [1, 1, 2, 2]));
      const inner = conv(b, conv(b, b.Relu(large), 8), 8);
      return conv(b, b.Concat([conv(b, inner, 3), early, conv(b, inner, 5)], { axis: 1 }), 2);
    },
  ),
  fusion('parts that are turned and put in another shape', [image], (b, x) => {
    const part = (channels: number) =>
      b.Reshape(b.Transpose(conv(b, x, channels), { perm: [0, 2, 3, 1] }), ints(b, 2, -1, 3));
    return [b.Concat([part(3), part(6)], { axis: 1 }), b.Softmax(b.Concat([part(9), part(6)], { axis: 1 }))];
  }),
  fusion('parts of half width', [half(2, 3, 5)], (b, x) => {
    const sum = (axis: number) => b.ReduceMean(x, b.constant('int64', [1], [axis]), { keepdims: 1 });
    return [b.Concat([b.Softmax(x), b.Softmax(x, { axis: 1 })], { axis: 1 }), b.Concat([sum(2), sum(2)], { axis: 2 })];
  }),
  fusion(
    'parts of dynamic size',
    [f32('N', 'L', 6), f32('N', 'P', 6)],
    (b, x, y) => {
      const all = b.Concat([b.MatMul(x, weights(b, [6, 4])), b.MatMul(y, weights(b, [6, 4], { seed: 2 }))], {
        axis: 1,
      });
      return [b.Softmax(all), b.MatMul(b.Transpose(all, { perm: [0, 2, 1] }), all)];
    },
    steps,
  ),
  fusion('an epilogue in another shape', [f32(6, 8), f32(2, 3, 10), f32(10)], (b, x, y, z) => {
    const wide = b.Reshape(b.Gemm(x, weights(b, [8, 10]), weights(b, [10])), ints(b, 2, 3, 10));
    const out = b.Add(b.Gelu(b.Mul(wide, z)), y);
    return [b.LayerNormalization(out, weights(b, [10]))[0]!, out];
  }),
  fusion('a residual sum and the norms of it', [f32(2, 5, 8), f32(2, 5, 8)], (b, x, y) => {
    const sum = b.Add(x, y);
    const normal = b.LayerNormalization(sum, weights(b, [8]), weights(b, [8], { seed: 3 }))[0]!;
    const more = b.Add(sum, b.MatMul(normal, weights(b, [8, 8])));
    return [b.RMSNormalization(more, weights(b, [8])), b.Relu(more), b.LogSoftmax(sum)];
  }),
  fusion('a mask, packed, and what it hides', [f32(3, 7), f32(3, 7)], (b, x, y) => {
    const mask = b.Greater(x, y);
    const shown = b.Where(mask, x, y);
    return [mask, shown, b.Exp(shown), b.Softmax(shown)];
  }),
  fusion('halves and floats of one map', [half(3, 5)], (b, x) => {
    const y = b.Cast(x, { to: 'float32' });
    return [b.Mul(y, y), b.Mul(x, x), b.Cast(b.Greater(y, weights(b, [1])), { to: 'float16' })];
  }),
  fusion('turned halves of a tensor, as positions are', [f32(2, 3, 5, 8), f32(5, 8), f32(5, 8)], (b, x, cos, sin) => {
    const [low, high] = b.op('Split', [x, ints(b, 4, 4)], { axis: 3 }, { outputs: 2 }) as [Value, Value];
    return b.Add(b.Mul(x, cos), b.Mul(b.Concat([b.Neg(high), low], { axis: 3 }), sin));
  }),
  fusion(
    'attention on views of one product',
    [f32('N', 'L', 8)],
    (b, x) => {
      const [q, k, v] = heads(b, x, 3) as [Value, Value, Value];
      const y = b.op('Attention', [q, k, v], { is_causal: 1 }, { outputs: 1 })[0]!;
      return b.Add(b.MatMul(joined(b, y, 12), weights(b, [12, 8])), x);
    },
    steps,
  ),
  fusion(
    'attention with caches',
    [f32('N', 'L', 8), f32('N', 3, 'P', 4), f32('N', 3, 'P', 4)],
    (b, x, keys, values) => {
      const [q, k, v] = heads(b, x, 3) as [Value, Value, Value];
      const [allKeys, allValues] = [b.Concat([keys, k], { axis: 2 }), b.Concat([values, v], { axis: 2 })];
      const scores = b.Softmax(b.MatMul(q, b.Transpose(allKeys, { perm: [0, 1, 3, 2] })));
      return [b.MatMul(joined(b, b.MatMul(scores, allValues), 12), weights(b, [12, 8])), allKeys, allValues];
    },
    steps,
  ),
  ...[false, true].map((packed) =>
    fusion(
      `turned heads and caches, ${packed ? 'packed' : 'apart'}`,
      [f32(2, 'L', 16), f32(2, 2, 'P', 6), f32(2, 2, 'P', 6), { dtype: 'int64', dims: [2, 'L'], low: 0, high: 9 }],
      (b, x, keys, values, places) => {
        const angles = [weights(b, [9, 2]), weights(b, [9, 2], { seed: 2 }), places];
        const operand = (count: number, seed: number) => {
          const y = b.MatMul(x, weights(b, [16, 6 * count], { seed }));
          const own = packed ? y : b.Transpose(b.Reshape(y, ints(b, 0, 0, count, 6)), { perm: [0, 2, 1, 3] });
          const attributes = {
            rotary_embedding_dim: 4,
            interleaved: Number(packed),
            ...(packed ? { num_heads: count } : {}),
          };
          return { own, turned: b.op('RotaryEmbedding', [own, ...angles], attributes, { outputs: 1 })[0]! };
        };
        const operands = [operand(4, 3).turned, operand(2, 4).turned, operand(2, 5).own, null, keys, values];
        const attributes = { is_causal: 1, ...(packed ? { q_num_heads: 4, kv_num_heads: 2 } : {}) };
        return b.op('Attention', operands, attributes, { outputs: 3 });
      },
      steps,
    ),
  ),
  fusion('over operands that are read no more', [f32(2, 6, 8)], (b, x) => {
    const layer = (y: Value, seed: number) => b.MatMul(y, weights(b, [8, 8], { low: -0.3, high: 0.3, seed }));
    let y = layer(x, 1);
    for (let i = 2; i < 6; i++) y = b.Add(b.Tanh(layer(b.Relu(layer(y, i)), i + 10)), y);
    return [b.Add(y, b.Transpose(layer(b.Exp(y), 9), { perm: [0, 1, 2] })), b.ReduceSum(y)];
  }),
];
