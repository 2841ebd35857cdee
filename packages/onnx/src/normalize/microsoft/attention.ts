// Attention of transformers that ONNX Runtime fused: with the projection of the input, or with what it gave.

import type { AttributeValue, Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, takeInts } from '../node.ts';
import { dequantize } from '../quantize.ts';
import type { SpelledOps } from '../spelled.ts';
import { scoreBias } from './masks.ts';
import {
  ints,
  knownSize,
  like,
  optional,
  reshape,
  sizeOf,
  sum,
  takeFlag,
  takeNumber,
  transpose,
  unsqueeze,
} from './parts.ts';

export const attention: SpelledOps = {
  Attention: (node, emit) => {
    const [x, weights] = [inputOf(node, 0, emit), inputOf(node, 1, emit)];
    const sizes = takeInts(node, 'qkv_hidden_sizes', emit);
    const projected = sum(emit, emit.node('MatMul', [x, weights]), optional(node, 2));
    if (optional(node, 6)) throw emit.fail('a buffer that past and present share');
    return selfAttention(node, projected, sizes, { mask: 3, past: 4, bias: 5 }, emit);
  },
  QAttention: (node, emit) => {
    const x = { value: inputOf(node, 0, emit), scale: inputOf(node, 3, emit), zero: optional(node, 6) };
    const weights = { value: inputOf(node, 1, emit), scale: inputOf(node, 4, emit), zero: optional(node, 7) };
    const product = emit.node('MatMul', [dequantize(x, 0, emit), dequantize(weights, -1, emit)]);
    return selfAttention(node, sum(emit, product, inputOf(node, 2, emit)), undefined, { mask: 5, past: 8 }, emit);
  },
  MultiHeadAttention: multiHeadAttention,
};

/** Queries, keys and values, all [batch, length, heads · size] or all [batch, heads, length, size]. */
interface Operands {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly pastKey?: Value | null;
  readonly pastValue?: Value | null;
}

/** Numbers of inputs. */
interface Places {
  readonly mask: number;
  readonly past: number;
  readonly bias?: number;
}

/** Attention of what a projection gave: [batch, length, queries + keys + values]. */
function selfAttention(
  node: LegacyNode,
  projected: Value,
  sizes: readonly number[] | undefined,
  places: Places,
  emit: Emitter,
): readonly Value[] {
  for (const name of ['do_rotary', 'past_present_share_buffer'])
    if (takeFlag(node, name, emit)) throw emit.fail(`the attribute ${name}`);
  takeNumber(node, 'rotary_embedding_dim', emit, 0);
  const split = sizes ? [projected, ints(emit, ...sizes)] : [projected];
  const [query, key, value] = emit.outputs('Split', 3, split, { axis: -1, ...(sizes ? {} : { num_outputs: 3 }) });
  const past = optional(node, places.past);
  const half = (index: number) => past && emit.node('Gather', [past, emit.scalar('int64', index)]);
  const operands = { query: query!, key: key!, value: value!, pastKey: half(0), pastValue: half(1) };
  const bias = places.bias === undefined ? null : optional(node, places.bias);
  const [y, ...present] = attend(
    node,
    operands,
    optional(node, places.mask),
    bias,
    Math.min(node.outputCount, 2) * 2 - 1,
    emit,
  );
  if (present.length === 0) return [y!];
  return [
    y!,
    emit.node(
      'Concat',
      present.map((all) => unsqueeze(all, [0], emit)),
      { axis: 0 },
    ),
  ];
}

function multiHeadAttention(node: LegacyNode, emit: Emitter): readonly Value[] {
  for (const index of [8, 9]) if (optional(node, index)) throw emit.fail('a buffer that past and present share');
  const operands = { ...multiHeadOperands(node, emit), pastKey: optional(node, 6), pastValue: optional(node, 7) };
  return attend(node, operands, optional(node, 4), optional(node, 5), node.outputCount, emit);
}

/** Queries, keys and values, which may come packed, with the bias added. */
function multiHeadOperands(node: LegacyNode, emit: Emitter): Operands {
  const heads = node.attributes.get('num_heads');
  const [query, key, value] = [inputOf(node, 0, emit), optional(node, 1), optional(node, 2)];
  const parts = unpacked(query, key, value, emit);
  const bias = optional(node, 3);
  if (bias) {
    const sizes = parts.map((part) => knownSize(part, -1, emit));
    const biases = emit.outputs('Split', 3, [bias, ints(emit, ...sizes)]);
    parts.forEach((part, i) => {
      parts[i] = emit.node('Add', [part, biases[i]!]);
    });
  }
  const [q, k, v] = parts as [Value, Value, Value];
  // Keys and values of another sequence come with the heads apart: queries are brought to that form.
  if (k.type.shape.length === 4 && q.type.shape.length === 3 && typeof heads === 'number')
    return { query: apart(q, heads, emit), key: k, value: v };
  return { query: q, key: k, value: v };
}

/** query [batch, length, heads, 3, size], or key [batch, length, heads, 2, size], taken apart. */
function unpacked(query: Value, key: Value | null, value: Value | null, emit: Emitter): Value[] {
  const part = (packed: Value, index: number) => {
    const one = emit.node('Gather', [packed, emit.scalar('int64', index)], { axis: 3 });
    return reshape(one, [0, 0, knownSize(packed, 2, emit) * knownSize(packed, 4, emit)], emit);
  };
  if (!key) {
    if (query.type.shape.length !== 5) throw emit.fail(`a query of [${query.type.shape}] without a key`);
    return [0, 1, 2].map((index) => part(query, index));
  }
  if (key.type.shape.length === 5) return [query, part(key, 0), part(key, 1)];
  if (!value) throw emit.fail('a key without a value');
  return [query, key, value];
}

/** [batch, length, heads · size] as [batch, heads, length, size] */
export function apart(x: Value, heads: number, emit: Emitter): Value {
  return transpose(reshape(x, [0, 0, heads, knownSize(x, -1, emit) / heads], emit), [0, 2, 1, 3], emit);
}

/** [batch, heads, length, size] as [batch, length, heads · size] */
export function together(x: Value, emit: Emitter): Value {
  const width = knownSize(x, 1, emit) * knownSize(x, 3, emit);
  return reshape(transpose(x, [0, 2, 1, 3], emit), [0, 0, width], emit);
}

/** The Attention of a node that has num_heads, scale, unidirectional and mask_filter_value; the first `count` outputs. */
function attend(
  node: LegacyNode,
  { query, key, value, pastKey, pastValue }: Operands,
  mask: Value | null,
  bias: Value | null,
  count: number,
  emit: Emitter,
): readonly Value[] {
  const heads = takeNumber(node, 'num_heads', emit);
  const filter = takeNumber(node, 'mask_filter_value', emit, -10000);
  const scale = takeNumber(node, 'scale', emit, 0);
  const causal = takeFlag(node, 'unidirectional', emit);
  const packed = query.type.shape.length === 3;
  const length = (x: Value) => sizeOf(x, packed ? 1 : 2, emit);
  const past = pastKey ? sizeOf(pastKey, 2, emit) : undefined;
  const scores = {
    query,
    past,
    get queries() {
      return length(query);
    },
    get keys() {
      return past ? emit.node('Add', [past, length(key)]) : length(key);
    },
  };
  const added = scoreBias(mask, bias, like(query, filter, emit), scores, emit);
  const attributes: Record<string, AttributeValue> = {};
  if (packed) Object.assign(attributes, { q_num_heads: heads, kv_num_heads: heads });
  if (scale !== 0) attributes.scale = scale;
  if (causal) attributes.is_causal = 1;
  // The scores as they go into the softmax.
  if (count > 3) attributes.qk_matmul_output_mode = 2;
  const inputs = [query, key, value, added, pastKey ?? null, pastValue ?? null];
  const [y, ...others] = emit.outputs('Attention', count, inputs, attributes);
  return [packed ? y! : together(y!, emit), ...others];
}
