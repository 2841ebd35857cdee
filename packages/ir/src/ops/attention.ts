// Attention: softmax(Q·Kᵀ + bias)·V for each head. Several heads of Q may share one of K and V; keys and values of earlier
// steps may precede those of this one; what a query may see is told by a mask, by causality, by windows and by lengths,
// which add up.

import { add, type Dim, product } from '../dim.ts';
import { defineOp, type Inferred, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { checkShape } from './check.ts';
import { type Heads, headsOf, headsShape } from './heads.ts';
import { FLOATS, NUMBERS } from './types.ts';

/** The geometry of an Attention, as kernels read it. */
export interface AttentionGeometry {
  readonly query: Heads;
  /** Keys and values of this step; `key.heads` divides `query.heads`. */
  readonly key: Heads;
  readonly value: Heads;
  /** Keys of earlier steps, and all of them. */
  readonly past: Dim;
  readonly total: Dim;
  readonly scale: number;
  /** c · tanh(x / c) limits the scores; 0 for no limit. */
  readonly softcap: number;
  /**
   * A query at position p sees keys from p − left to p + right. Positions count from the first key: p is the number of
   * the query, plus `past`, or plus nonpad_kv_seqlen − queries where that input is there.
   */
  readonly left: number;
  readonly right: number;
  /** What output 3 holds: the scores, also limited, also with bias, or the probabilities. */
  readonly scores: 'product' | 'capped' | 'biased' | 'probabilities';
}

const SCORES = ['product', 'capped', 'biased', 'probabilities'] as const;

/**
 * Geometry of an Attention.
 * @throws TrtxError SHAPE for operands that do not fit together
 */
export function attentionGeometry(at: NodeView): AttentionGeometry {
  const count = (name: string) => (at.has(name) ? at.int(name) : undefined);
  const query = headsOf(at, 0, count('q_num_heads'));
  const key = headsOf(at, 1, count('kv_num_heads'));
  const value = headsOf(at, 2, count('kv_num_heads'));
  if (query.packed !== key.packed || key.packed !== value.packed)
    throw at.fail('some of Q, K and V have rank 3 and some 4');
  if (key.heads !== value.heads) throw at.fail(`${key.heads} heads of keys and ${value.heads} of values`);
  if (query.heads % key.heads !== 0) throw at.fail(`${query.heads} heads of queries for ${key.heads} of keys`);
  at.equal(query.size, key.size);
  at.equal(key.batch, query.batch);
  at.equal(value.batch, query.batch);
  at.equal(value.length, key.length);
  const past = pastLength(at, key, value);
  const total = add(past, key.length);
  if (at.inputs[6]) {
    if (at.inputs[4]) throw at.fail('both past keys and lengths of a cache that is kept elsewhere');
    checkShape(at, 6, [query.batch]);
  }
  checkMask(at, [query.batch, query.heads, query.length, total]);
  const [left, right] = ['left_window_size', 'right_window_size'].map((name) => {
    const size = at.int(name);
    return size < 0 ? Number.POSITIVE_INFINITY : size;
  }) as [number, number];
  return {
    query,
    key,
    value,
    past,
    total,
    scale: at.has('scale') ? at.float('scale') : 1 / Math.sqrt(query.size),
    softcap: at.float('softcap'),
    left,
    right: at.int('is_causal') ? 0 : right,
    scores: SCORES[at.int('qk_matmul_output_mode')]!,
  };
}

function pastLength(at: NodeView, key: Heads, value: Heads): Dim {
  const keys = at.inputs[4]?.shape;
  const values = at.inputs[5]?.shape;
  if (!keys !== !values) throw at.fail('past_key without past_value, or the other way round');
  if (!keys || !values) return 0;
  if (keys.length !== 4 || values.length !== 4) throw at.fail('past keys or values whose rank is not 4');
  const past = at.equal(keys[2]!, values[2]!);
  checkShape(at, 4, [key.batch, key.heads, past, key.size]);
  checkShape(at, 5, [value.batch, value.heads, past, value.size]);
  return past;
}

/** The mask broadcasts to the scores, but for its last axis, which may be shorter: what it lacks is not seen. */
function checkMask(at: NodeView, scores: readonly Dim[]): void {
  const mask = at.inputs[3]?.shape;
  if (!mask) return;
  if (mask.length > 4 || mask.length === 0) throw at.fail(`a mask of rank ${mask.length}`);
  mask.forEach((dim, axis) => {
    const own = scores[scores.length - mask.length + axis]!;
    if (axis < mask.length - 1) {
      if (dim !== 1) at.equal(dim, own);
    } else if (typeof dim !== 'number' || typeof own !== 'number' || dim > own) at.equal(dim, own);
  });
}

const operand = (name: string, letter: string, optional = false): OperandSpec => ({
  name,
  types: FLOATS,
  sameAs: letter,
  optional,
});

export const attentionOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Attention',
    since: 25,
    summary: 'softmax(scale · Q·Kᵀ + bias)·V for each head, with masks, windows and a cache of keys and values',
    inputs: [
      operand('Q', 'T1'),
      operand('K', 'T1'),
      operand('V', 'T2'),
      { name: 'attn_mask', types: [...NUMBERS, 'bool'], optional: true, staysWide: true },
      operand('past_key', 'T1', true),
      operand('past_value', 'T2', true),
      { name: 'nonpad_kv_seqlen', types: ['int64'], optional: true },
    ],
    outputs: [
      { name: 'Y' },
      { name: 'present_key', optional: true },
      { name: 'present_value', optional: true },
      { name: 'qk_matmul_output', optional: true },
    ],
    attributes: {
      is_causal: { type: 'int', default: 0, min: 0, max: 1, doc: 'a query sees no later key' },
      kv_num_heads: { type: 'int', min: 1, max: 2 ** 16, doc: 'where K and V have rank 3' },
      left_window_size: { type: 'int', default: -1, min: -1, doc: 'keys seen before the own position; −1 for all' },
      q_num_heads: { type: 'int', min: 1, max: 2 ** 16, doc: 'where Q has rank 3' },
      qk_matmul_output_mode: {
        type: 'int',
        default: 0,
        min: 0,
        max: 3,
        doc: 'what the last output holds: scores (0), limited (1), with bias (2), or probabilities (3)',
      },
      right_window_size: { type: 'int', default: -1, min: -1, doc: 'keys seen after the own position; −1 for all' },
      scale: { type: 'float', doc: '1/√size of a head' },
      softcap: { type: 'float', default: 0, min: 0, doc: 'limit of the scores; 0 for none' },
      softmax_precision: { type: 'int', min: 0, max: 16, doc: 'ONNX type number in which the softmax is computed' },
    },
    trait: { kind: 'opaque', delicate: { computedIn: 'softmax_precision' } },
    /** Scores and their sums of values, of all keys, seen or not. */
    flops(at) {
      const { query, value, total } = attentionGeometry(at);
      return product([2, query.batch, query.heads, query.length, total, query.size + value.size]);
    },
    infer(at) {
      const { query, key, value, total } = attentionGeometry(at);
      const { dtype } = at.input(0);
      const cache = ({ batch, heads, size }: Heads): readonly Dim[] => [batch, heads, total, size];
      const outputs: Inferred[] = [
        { dtype, shape: headsShape({ ...query, size: value.size }) },
        { dtype, shape: cache(key) },
        { dtype: at.input(2).dtype, shape: cache(value) },
        { dtype, shape: [query.batch, query.heads, query.length, total] },
      ];
      return outputs.slice(0, at.outputCount);
    },
  }),
];
