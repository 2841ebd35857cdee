import type { Tensor } from '@trtx/ir';
import { describe, it } from 'vitest';
import { random, tensor } from '../../../../reference/src/testing/check.ts';
import { checkMicrosoft } from '../../testing/microsoft.ts';

const [heads, shared, size] = [4, 2, 16];

interface Case {
  name: string;
  queries: number;
  /** Length of the cache; null for none. */
  past: number | null;
  /** Keys of each batch element, earlier ones included. */
  totals: readonly number[];
  attributes?: Readonly<Record<string, number | string>>;
  packed?: boolean;
  /** Features that are turned. */
  turned?: number;
  positions?: Tensor;
  bias?: readonly number[];
  sink?: boolean;
  outputCount?: number;
}

/** Sizes are dynamic too, but for a past of 0, which no symbol may be. */
function check({ queries, past, totals, attributes, packed, turned, positions, bias, sink, outputCount = 3 }: Case) {
  const batch = totals.length;
  const total = Math.max(...totals);
  const rows = (count: number, seed: number) => random([batch, queries, count * size], { low: -2, high: 2, seed });
  const operands = packed
    ? [rows(heads + 2 * shared, 1), null, null]
    : [rows(heads, 1), rows(shared, 2), rows(shared, 3)];
  const cache = (seed: number) => (past === null ? null : random([batch, shared, past, size], { seed }));
  const angles = (seed: number) => (turned ? random([64, turned / 2], { seed }) : null);
  const inputs = [
    ...operands,
    cache(4),
    cache(5),
    tensor(
      'int32',
      [batch],
      totals.map((count) => count - 1),
    ),
    tensor('int32', [], [total]),
    angles(6),
    angles(7),
    positions ?? null,
    bias ? random([...bias, queries, total], { seed: 8 }) : null,
    sink ? random([heads], { seed: 9 }) : null,
  ];
  while (inputs.at(-1) === null) inputs.pop();
  const given = { num_heads: heads, kv_num_heads: shared, ...(turned ? { do_rotary: 1 } : {}), ...attributes };
  const cached = ['batch', shared, 'past', size];
  const declared = [
    ...operands.map((x) => x && ['batch', 'queries', x.dims[2]!]),
    ...(past === null ? [null, null] : [cached, cached]),
    ['batch'],
  ];
  const sizes = Object.fromEntries(declared.flatMap((dims, i) => (dims ? [[i, dims] as const] : [])));
  const dynamic = past === 0 ? undefined : sizes;
  return checkMicrosoft('GroupQueryAttention', inputs, given, { known: [6], outputCount, dynamic });
}

const step = { queries: 3, past: 4, totals: [7] };

describe('GroupQueryAttention', () => {
  it.each<Case>([
    { name: 'a first step', queries: 3, past: null, totals: [3] },
    { name: 'a first step with an empty past', queries: 3, past: 0, totals: [3, 3] },
    { name: 'a later step of one query', queries: 1, past: 4, totals: [5] },
    { name: 'a later step of several', ...step },
    { name: 'batch elements of different lengths', queries: 1, past: 4, totals: [5, 3] },
    { name: 'a first step in a longer cache', queries: 3, past: 10, totals: [3, 3] },
    { name: 'a later step in a longer cache', queries: 1, past: 10, totals: [5, 3] },
    { name: 'several queries in a longer cache', queries: 4, past: 10, totals: [9] },
    { name: 'packed operands', ...step, packed: true },
    { name: 'scale and softcap', ...step, attributes: { scale: 0.3, softcap: 1.5 } },
    { name: 'a window', ...step, attributes: { local_window_size: 3 } },
    { name: 'a window in a first step', queries: 5, past: 0, totals: [5, 5], attributes: { local_window_size: 2 } },
    { name: 'bidirectional', ...step, attributes: { causal: 0 } },
    { name: 'bidirectional with padding', queries: 3, past: 0, totals: [3, 2], attributes: { causal: 0 } },
    { name: 'no quantization', ...step, attributes: { k_quant_type: 'NONE', v_quant_type: 'NONE' } },
  ])('$name', check);

  it.each<Case>([
    { name: 'a first step', queries: 3, past: null, totals: [3], turned: 16 },
    { name: 'a later step', ...step, turned: 16 },
    { name: 'interleaved and packed', ...step, turned: 16, packed: true, attributes: { rotary_interleaved: 1 } },
    { name: 'different lengths', queries: 1, past: 10, totals: [5, 3], turned: 16 },
    { name: 'positions', ...step, turned: 16, positions: tensor('int64', [1, 3], [9, 2, 5]) },
  ])('rotary: $name', check);

  it.each<Case>([
    { name: 'for all heads', ...step, bias: [1, 1] },
    { name: 'for each head', ...step, bias: [1, heads] },
    { name: 'in a longer cache', queries: 3, past: 10, totals: [7], bias: [1, heads] },
  ])('a bias $name', check);

  it.each<Case>([
    { name: 'smooth', ...step, attributes: { smooth_softmax: 1 } },
    { name: 'a sink for each head', ...step, sink: true },
    { name: 'bias and a longer cache', queries: 3, past: 10, totals: [7], bias: [1, heads], sink: true },
    {
      name: 'window, softcap, different lengths',
      queries: 1,
      past: 4,
      totals: [5, 3],
      attributes: { smooth_softmax: 1, local_window_size: 2, softcap: 1.5 },
    },
  ])('softmax with a sink: $name', check);

  it.each<Case>([
    { name: 'before the softmax', ...step, attributes: { qk_output: 1 }, outputCount: 4 },
    { name: 'behind it', ...step, attributes: { qk_output: 2 }, outputCount: 4 },
    { name: 'in a longer cache', queries: 3, past: 10, totals: [7], attributes: { qk_output: 2 }, outputCount: 4 },
  ])('gives scores $name', check);
});
