// Attention, with a softmax and without.

import type { BuilderAttributes, Value } from '@trtx/ir';
import { type Case, type CaseInput, f32 } from '../support.ts';

interface Options {
  batch?: number | string;
  heads?: number;
  /** Heads of keys and values. */
  shared?: number;
  queries?: number | string;
  keys?: number | string;
  /** Features of keys and of values. */
  sizes?: readonly [number, number];
  past?: number | string;
  mask?: CaseInput;
  /** Lengths of a cache that is kept elsewhere. */
  lengths?: boolean;
  packed?: boolean;
  outputs?: number;
  attributes?: BuilderAttributes;
  more?: Partial<Case>;
}

function attention(
  name: string,
  {
    batch = 2,
    heads = 4,
    shared = heads,
    queries = 5,
    keys = 7,
    sizes: [size, values] = [8, 5],
    past,
    mask,
    lengths = false,
    packed = false,
    outputs = past === undefined ? 1 : 3,
    attributes = {},
    more,
  }: Options,
): Case {
  const operand = (count: number, length: number | string, width: number) =>
    packed ? f32(batch, length, count * width) : f32(batch, count, length, width);
  const inputs: (CaseInput | undefined)[] = [
    operand(heads, queries, size),
    operand(shared, keys, size),
    operand(shared, keys, values),
    mask,
    ...(past === undefined ? [] : [size, values].map((width) => f32(batch, shared, past, width))),
    ...(lengths ? [undefined, undefined, { dtype: 'int64', dims: [batch], low: 0, high: 8 } as const] : []),
  ];
  return {
    name: `Attention: ${name}`,
    inputs: inputs.filter((input) => input !== undefined),
    build(b, ...given) {
      const rest = [...given];
      const operands = inputs.map((input): Value | null => (input ? rest.shift()! : null));
      const numbers = packed ? { q_num_heads: heads, kv_num_heads: shared } : {};
      return b.op('Attention', operands, { ...numbers, ...attributes }, { outputs });
    },
    ...more,
  };
}

const bools = (...dims: (number | string)[]): CaseInput => ({ dtype: 'bool', dims });

export const attentionCases: readonly Case[] = [
  attention('alone', {}),
  attention('packed heads, groups of queries', { shared: 2, packed: true }),
  attention('more keys than a tile, more features than a workgroup', {
    batch: 1,
    heads: 2,
    queries: 9,
    keys: 131,
    sizes: [3, 70],
    attributes: { is_causal: 1 },
  }),
  attention('causal', { attributes: { is_causal: 1, scale: 0.7 } }),
  attention('a mask of numbers', { mask: f32(5, 7) }),
  attention('a mask for each head, shorter than the keys', { mask: f32(1, 4, 1, 6) }),
  attention('a mask of bools for each batch element', { mask: bools(2, 1, 5, 7) }),
  attention('a mask that often hides all', { keys: 1, mask: bools(2, 4, 5, 1) }),
  attention('windows and a limit', { attributes: { left_window_size: 2, right_window_size: 1, softcap: 0.5 } }),
  attention('past keys, causal, groups of queries', { past: 3, shared: 1, attributes: { is_causal: 1 } }),
  attention('past keys, packed heads, a mask', { past: 3, packed: true, mask: f32(5, 10) }),
  attention('lengths, causal', { lengths: true, attributes: { is_causal: 1 } }),
  attention('lengths, one query, a mask', { lengths: true, queries: 1, mask: bools(7) }),
  ...[0, 1, 2, 3].map((mode) =>
    attention(`scores ${mode}`, {
      mask: bools(1, 4, 5, 7),
      outputs: 4,
      attributes: { qk_matmul_output_mode: mode, softcap: 0.3 },
    }),
  ),
  attention('features in sixteens, more keys than a tile', { queries: 20, keys: 70, sizes: [16, 32] }),
  attention('features in sixteens, causal, packed heads, groups of queries', {
    shared: 2,
    packed: true,
    queries: 70,
    keys: 70,
    sizes: [32, 16],
    attributes: { is_causal: 1, softcap: 0.5 },
  }),
  attention('features in sixteens, a mask of bools', {
    batch: 1,
    queries: 33,
    keys: 12,
    sizes: [16, 16],
    mask: bools(33, 12),
  }),
  attention('features in sixteens, a dynamic number of queries and keys', {
    batch: 1,
    heads: 2,
    queries: 'L',
    keys: 'L',
    sizes: [16, 48],
    more: { symbols: { L: { min: 1, max: 150 } }, runs: [{ L: 150 }, { L: 1 }, { L: 64 }] },
  }),
  attention('a dynamic number of queries and of past keys', {
    batch: 'B',
    queries: 'L',
    keys: 'L',
    past: 'P',
    attributes: { is_causal: 1 },
    more: {
      symbols: { B: { min: 0, max: 3 }, L: { min: 1, max: 70 }, P: { min: 0, max: 90 } },
      runs: [
        { B: 1, L: 5, P: 0 },
        { B: 2, L: 1, P: 90 },
        { B: 3, L: 70, P: 2 },
        { B: 0, L: 3, P: 1 },
      ],
    },
  }),
  attention('one query, features by vectors', { queries: 1, keys: 150, sizes: [64, 32] }),
  attention('few queries, packed heads, groups of queries, causal', {
    shared: 2,
    packed: true,
    queries: 2,
    keys: 40,
    sizes: [32, 64],
    attributes: { is_causal: 1 },
  }),
  attention('one query, lengths, a mask', { lengths: true, queries: 1, keys: 33, sizes: [32, 32], mask: bools(33) }),
  attention('few queries, past keys', { queries: 2, keys: 2, past: 30, shared: 2, sizes: [32, 64], mask: f32(2, 32) }),
  attention('a dynamic number of few queries and of past keys', {
    batch: 1,
    queries: 'L',
    keys: 'L',
    past: 'P',
    shared: 2,
    sizes: [64, 64],
    attributes: { is_causal: 1 },
    more: {
      symbols: { L: { min: 1, max: 2 }, P: { min: 0, max: 90 } },
      runs: [
        { L: 2, P: 0 },
        { L: 1, P: 90 },
        { L: 2, P: 17 },
      ],
    },
  }),
  {
    name: 'Attention: transposed operands, and what follows',
    inputs: [f32(2, 5, 3, 4), f32(2, 6, 3, 4), f32(2, 6, 3, 4)],
    build(b, ...operands) {
      const heads = operands.map((value) => b.Transpose(value, { perm: [0, 2, 1, 3] }));
      return b.Relu(b.op('Attention', heads, {})[0]!);
    },
  },
];

const linear = (
  name: string,
  rule: 'linear' | 'gated' | 'delta' | 'gated_delta',
  { heads = 4, shared = 2, steps = 6 as number | string, decay = 0, beta = 0, past = true, more = {} as Partial<Case> },
): Case => {
  const [batch, size, values] = [2, 5, 3];
  const gates = (width: number): CaseInput => ({ dtype: 'float32', dims: [batch, steps, width], low: -1, high: 0 });
  const inputs: (CaseInput | undefined)[] = [
    f32(batch, steps, heads * size),
    f32(batch, steps, shared * size),
    f32(batch, steps, shared * values),
    past ? f32(batch, shared, size, values) : undefined,
    decay ? gates(decay) : undefined,
    beta ? gates(beta) : undefined,
  ];
  return {
    name: `LinearAttention: ${name}`,
    inputs: inputs.filter((input) => input !== undefined),
    build(b, ...given) {
      const rest = [...given];
      const operands = inputs.map((input): Value | null => (input ? rest.shift()! : null));
      const attributes = { q_num_heads: heads, kv_num_heads: shared, update_rule: rule };
      return b.op('LinearAttention', operands, attributes, { outputs: 2 });
    },
    ...more,
  };
};

export const linearAttentionCases: readonly Case[] = [
  linear('alone', 'linear', { past: false }),
  linear('a gate for each head', 'gated', { decay: 2 }),
  linear('delta, one beta', 'delta', { beta: 1 }),
  linear('a gate for each feature, delta, one reader', 'gated_delta', { heads: 2, decay: 10, beta: 2 }),
  linear('dynamic', 'gated_delta', {
    steps: 'L',
    decay: 2,
    beta: 1,
    more: { symbols: { L: { min: 1, max: 9 } }, runs: [{ L: 1 }, { L: 9 }] },
  }),
];
