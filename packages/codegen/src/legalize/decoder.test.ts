// What rotary embeddings and caches of keys and values come to: a layer of a decoder in few dispatches.

import type { GraphBuilder, Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { formed, ints, ones } from '../testing/groups.ts';

const [STEPS, HEADS, SHARED, SIZE, WIDTH, INNER] = [4, 4, 2, 8, 32, 48];

interface Form {
  /** Heads lie side by side in the last axis. */
  readonly packed?: boolean;
}

const op = (b: GraphBuilder, name: string, inputs: (Value | null)[], attributes = {}, outputs = 1) =>
  b.op(name, inputs, attributes, { outputs }) as Value[];

function layer(b: GraphBuilder, x: Value, { packed = false }: Form): Value[] {
  const parts = [HEADS, SHARED, SHARED];
  const qkv = b.MatMul(b.RMSNormalization(x, ones(b, WIDTH)), ones(b, WIDTH, SIZE * (HEADS + 2 * SHARED)));
  const split = op(b, 'Split', [qkv, ints(b, ...parts.map((n) => n * SIZE))], { axis: 2 }, 3);
  const [q, k, v] = split.map((part, i) => {
    if (packed) return part;
    return b.Transpose(b.Reshape(part, ints(b, 1, STEPS, parts[i]!, SIZE)), { perm: [0, 2, 1, 3] });
  }) as [Value, Value, Value];
  const angles = [ones(b, 64, SIZE / 2), ones(b, 64, SIZE / 2), b.input('places', 'int64', [1, STEPS])];
  const turned = (part: Value, num_heads: number) =>
    op(b, 'RotaryEmbedding', [part, ...angles], packed ? { num_heads } : {})[0]!;
  const past = ['keys', 'values'].map((name) => b.input(name, 'float32', [1, SHARED, 16, SIZE]));
  const numbers = packed ? { q_num_heads: HEADS, kv_num_heads: SHARED } : {};
  const operands = [turned(q, HEADS), turned(k, SHARED), v, null, ...past];
  const [y, keys, values] = op(b, 'Attention', operands, { is_causal: 1, ...numbers }, 3) as [Value, Value, Value];
  const flat = packed ? y : b.Reshape(b.Transpose(y, { perm: [0, 2, 1, 3] }), ints(b, 1, STEPS, HEADS * SIZE));
  const sum = b.Add(x, b.MatMul(flat, ones(b, HEADS * SIZE, WIDTH)));
  const both = b.MatMul(b.RMSNormalization(sum, ones(b, WIDTH)), ones(b, WIDTH, 2 * INNER));
  const [gate, up] = op(b, 'Split', [both, ints(b, INNER, INNER)], { axis: 2 }, 2) as [Value, Value];
  const down = b.MatMul(b.Mul(op(b, 'Swish', [gate])[0]!, up), ones(b, INNER, WIDTH));
  return [b.Add(sum, down), keys, values];
}

const kindsOf = (form: Form) =>
  formed((b, x) => layer(b, x, form), { dims: [1, STEPS, WIDTH], legal: true })
    .filter((line) => !/^(moved|host)/.test(line))
    .map((line) => line.replace(/\(.*\) /, ''));

describe('a layer of a decoder', () => {
  const expected = [
    'RMSNormalization*',
    'MatMul*',
    'Gather, Gather -> Gather, Gather',
    'Concat',
    'Concat, Concat -> Concat, Concat',
    'Attention*',
    'MatMul*, Add',
    'RMSNormalization*',
    'MatMul*',
    'Mul',
    'MatMul*, Add',
  ];

  it('takes ten dispatches beside the angles, which all layers share', () => {
    expect(kindsOf({})).toEqual(expected);
  });

  it('the same where heads are packed', () => {
    expect(kindsOf({ packed: true })).toEqual(expected);
  });
});
