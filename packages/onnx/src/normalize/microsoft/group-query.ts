// GroupQueryAttention: causal attention in which several heads of queries share one of keys and values, with a cache that
// may be longer than what is in it. Batch elements may be of different lengths, padded at their ends.

import type { AttributeValue, Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, take } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { castTo } from '../steps.ts';
import { apart, together } from './attention.ts';
import { counted, ints, knownSize, like, optional, reshape, sizeOf, takeFlag, takeNumber, unsqueeze } from './parts.ts';
import { rotate } from './rotary.ts';

export const groupQueryAttention: SpelledOps = { GroupQueryAttention: { spell: groupQuery, steers: [6] } };

interface Lengths {
  /** Keys of the longest batch element, earlier ones included: int64[1]. */
  readonly total: Value;
  /** Queries: int64[1]. */
  readonly queries: Value;
  /** Keys of each batch element, earlier ones included: int64[batch]. */
  readonly totals: Value;
  /** Where the queries of each batch element begin and end: int64[batch]. */
  readonly starts: Value;
  readonly ends: Value;
}

function groupQuery(node: LegacyNode, emit: Emitter): readonly Value[] {
  const heads = takeNumber(node, 'num_heads', emit);
  const shared = takeNumber(node, 'kv_num_heads', emit);
  refuseQuantizedCache(node, emit);
  const [q, k, v] = operands(node, heads, shared, emit);
  const lengths = lengthsOf(node, q, emit);
  const { query, key } = turned(node, q, k, { heads, shared, lengths }, emit);
  const keys = cache(optional(node, 3), apart(key, shared, emit), lengths, emit);
  const values = cache(optional(node, 4), apart(v, shared, emit), lengths, emit);
  const [y, scores] = attend(node, apart(query, heads, emit), keys, values, lengths, emit);
  return scores ? [together(y!, emit), keys, values, scores] : [together(y!, emit), keys, values];
}

function refuseQuantizedCache(node: LegacyNode, emit: Emitter): void {
  for (const name of ['k_quant_type', 'v_quant_type']) {
    const type = take(node, name) ?? 'NONE';
    if (type !== 'NONE') throw emit.fail(`a cache that is quantized (${name} ${type})`);
  }
  takeNumber(node, 'kv_cache_bit_width', emit, 0);
  if (takeFlag(node, 'sliding_window_cache', emit)) throw emit.fail('a cache of one window');
}

/** Queries, keys and values: [batch, length, heads · size]. */
function operands(node: LegacyNode, heads: number, shared: number, emit: Emitter): readonly [Value, Value, Value] {
  const [query, key, value] = [inputOf(node, 0, emit), optional(node, 1), optional(node, 2)];
  if (key && value) return [query, key, value];
  const size = knownSize(query, -1, emit) / (heads + 2 * shared);
  const sizes = [heads, shared, shared].map((count) => count * size);
  const parts = emit.outputs('Split', 3, [query, ints(emit, ...sizes)], { axis: -1 });
  return parts as unknown as readonly [Value, Value, Value];
}

/**
 * A first step has as many queries as the longest element has keys: they begin at 0 in all elements. Later ones end where
 * the element ends.
 */
function lengthsOf(node: LegacyNode, query: Value, emit: Emitter): Lengths {
  const queries = sizeOf(query, 1, emit);
  const total = castTo(reshape(inputOf(node, 6, emit), [1], emit), 'int64', emit);
  const own = castTo(reshape(inputOf(node, 5, emit), [-1], emit), 'int64', emit);
  const totals = emit.node('Add', [own, emit.scalar('int64', 1)]);
  const ends = emit.node('Where', [emit.node('Equal', [total, queries]), queries, totals]);
  return { total, queries, totals, ends, starts: emit.node('Sub', [ends, queries]) };
}

interface Turned {
  readonly heads: number;
  readonly shared: number;
  readonly lengths: Lengths;
}

/** Queries and keys normalized and turned, where the node says so. */
function turned(node: LegacyNode, query: Value, key: Value, { heads, shared, lengths }: Turned, emit: Emitter) {
  const epsilon = takeNumber(node, 'qk_norm_epsilon', emit, 1e-6);
  const normal = (x: Value, weight: Value | null, count: number): Value => {
    if (!weight) return x;
    const width = knownSize(x, -1, emit);
    const rows = reshape(x, [0, 0, count, width / count], emit);
    return reshape(emit.node('RMSNormalization', [rows, weight], { epsilon }), [0, 0, width], emit);
  };
  const [q, k] = [normal(query, optional(node, 14), heads), normal(key, optional(node, 15), shared)];
  const turns = takeFlag(node, 'do_rotary', emit);
  const interleaved = takeFlag(node, 'rotary_interleaved', emit);
  if (!turns) return { query: q, key: k };
  const rotation = {
    positions: optional(node, 9) ?? queryPositions(lengths, emit),
    cos: inputOf(node, 7, emit),
    sin: inputOf(node, 8, emit),
    interleaved,
  };
  return { query: rotate(q, heads, rotation, emit), key: rotate(k, shared, rotation, emit) };
}

/** int64 [batch, queries] */
function queryPositions({ starts, queries }: Lengths, emit: Emitter): Value {
  return emit.node('Add', [unsqueeze(starts, [1], emit), counted(queries, 'int64', emit)]);
}

/**
 * The cache [batch, heads, length, size] with this step written into it. It is as long as it was, or longer where the
 * longest element needs that; what is in no element is 0.
 */
function cache(past: Value | null, now: Value, { total, queries, starts, ends }: Lengths, emit: Emitter): Value {
  if (!past) return now;
  const length = sizeOf(past, 2, emit);
  const needed = total.contents ? total : emit.node('Add', [length, queries]);
  const missing = emit.node('Sub', [emit.node('Max', [length, needed]), length]);
  const whole = missing.contents?.values[0] === 0 ? past : lengthened(past, missing, emit);
  const written = emit.node('TensorScatter', [whole, now, starts], { axis: 2 });
  const places = unsqueeze(counted(sizeOf(written, 2, emit), 'int64', emit), [1], emit);
  const inside = emit.node('Less', [places, unsqueeze(ends, [1, 2, 3], emit)]);
  return emit.node('Where', [inside, written, like(written, 0, emit)]);
}

function lengthened(past: Value, missing: Value, emit: Emitter): Value {
  const shape = emit.node('Concat', [sizeOf(past, 0, emit), sizeOf(past, 1, emit), missing, sizeOf(past, 3, emit)], {
    axis: 0,
  });
  return emit.node('Concat', [past, emit.node('Expand', [like(past, 0, emit), shape])], { axis: 2 });
}

function attend(node: LegacyNode, query: Value, keys: Value, values: Value, lengths: Lengths, emit: Emitter) {
  const scale = takeNumber(node, 'scale', emit, 0);
  const softcap = takeNumber(node, 'softcap', emit, 0);
  const window = takeNumber(node, 'local_window_size', emit, -1);
  const causal = takeFlag(node, 'causal', emit, 1);
  const output = takeNumber(node, 'qk_output', emit, 0);
  const sink = headSink(node, query, emit);
  const attributes: Record<string, AttributeValue> = {};
  if (scale !== 0) attributes.scale = scale;
  if (softcap !== 0) attributes.softcap = softcap;
  if (output > 0) attributes.qk_matmul_output_mode = output === 1 ? 2 : 3;
  const count = output > 0 && node.outputCount > 3 ? 4 : 1;
  const bias = optional(node, 10);
  const mask = bias && asLong(bias, keys, emit);
  const view = { causal, window };
  if (!sink) {
    if (causal) attributes.is_causal = 1;
    // The window counts the key at the query's own place.
    if (window > 0) attributes.left_window_size = window - 1;
    const inputs = [query, keys, values, mask, null, null, causal ? lengths.ends : lengths.totals];
    const [y, , , scores] = emit.outputs('Attention', count, inputs, attributes);
    const seen = scores && output === 1 ? visible(keys, lengths, view, emit) : undefined;
    return [y!, scores && shownScores(scores, seen, lengths, emit)];
  }
  const seen = visible(keys, lengths, view, emit);
  const longer = [keys, values].map((all) => lengthened(all, ints(emit, 1), emit));
  const inputs = [query, ...longer, withSink(mask, sink, seen, query, keys, lengths, emit)];
  const [y, , , scores] = emit.outputs('Attention', count, inputs, attributes);
  if (!scores) return [y!];
  const own = emit.node('Slice', [scores, ints(emit, 0), sizeOf(keys, 2, emit), ints(emit, 3)]);
  return [y!, shownScores(own, output === 1 ? seen : undefined, lengths, emit)];
}

interface View {
  readonly causal: boolean;
  /** Keys that a query sees at most, its own included; none for all where not above 0. */
  readonly window: number;
}

/** Which keys a query sees: bool [batch, 1, queries or 1, keys]. */
function visible(keys: Value, lengths: Lengths, { causal, window }: View, emit: Emitter): Value {
  const places = counted(sizeOf(keys, 2, emit), 'int64', emit);
  const own = unsqueeze(queryPositions(lengths, emit), [1, 3], emit);
  const last = causal ? own : unsqueeze(emit.node('Sub', [lengths.totals, emit.scalar('int64', 1)]), [1, 2, 3], emit);
  const seen = emit.node('LessOrEqual', [places, last]);
  if (window <= 0) return seen;
  const first = emit.node('Sub', [own, emit.scalar('int64', window - 1)]);
  return emit.node('And', [seen, emit.node('GreaterOrEqual', [places, first])]);
}

/** The scores of the keys that are used; before the softmax those of keys that are not seen are 0. */
function shownScores(scores: Value, seen: Value | undefined, { total }: Lengths, emit: Emitter): Value {
  const shown = seen ? emit.node('Where', [seen, scores, like(scores, 0, emit)]) : scores;
  return emit.node('Slice', [shown, ints(emit, 0), total, ints(emit, 3)]);
}

/** A bias of as many keys as are used, with zeros for the rest of the cache. */
function asLong(bias: Value, keys: Value, emit: Emitter): Value {
  const missing = emit.node('Sub', [sizeOf(keys, 2, emit), sizeOf(bias, 3, emit)]);
  if (missing.contents?.values[0] === 0) return bias;
  return emit.node('Pad', [bias, emit.node('Concat', [ints(emit, 0, 0, 0, 0, 0, 0, 0), missing], { axis: 0 })]);
}

/** A score for each head that takes part in the softmax and has no value: [heads] or a single 0; undefined for none. */
function headSink(node: LegacyNode, query: Value, emit: Emitter): Value | undefined {
  const smooth = takeNumber(node, 'smooth_softmax', emit, 0) === 1;
  return optional(node, 11) ?? (smooth ? emit.constant(query.type.dtype, [1], [0]) : undefined);
}

/**
 * The mask of the scores with one more key, whose score is the sink: keys and values have a row of zeros for it. Which
 * keys a query sees is spelled out, since the last one is seen by all.
 */
function withSink(
  bias: Value | null,
  sink: Value,
  seen: Value,
  query: Value,
  keys: Value,
  { queries }: Lengths,
  emit: Emitter,
): Value {
  const { dtype } = query.type;
  const unseen = emit.scalar(dtype, Number.NEGATIVE_INFINITY);
  const hidden = emit.node('Where', [seen, bias ?? emit.scalar(dtype, 0), unseen]);
  const rows = [sizeOf(query, 0, emit), sizeOf(query, 1, emit), queries];
  const wide = (size: Value) => emit.node('Concat', [...rows, size], { axis: 0 });
  const columns = [
    emit.node('Expand', [hidden, wide(sizeOf(keys, 2, emit))]),
    emit.node('Expand', [unsqueeze(sink, [0, 2, 3], emit), wide(ints(emit, 1))]),
  ];
  return emit.node('Concat', columns, { axis: 3 });
}
