import type { Tensor } from '@trtx/ir';
import { describe, it } from 'vitest';
import { expectClose } from '../../../../../tests/support/compare.ts';
import { runImported } from '../../../../../tests/support/imported.ts';
import { runWithOnnxRuntime } from '../../../../../tests/support/onnx-oracle.ts';
import { random, tensor } from '../../../../reference/src/testing/check.ts';
import { checkMicrosoft, type MicrosoftOptions } from '../../testing/microsoft.ts';

const [batch, length, heads, size] = [2, 3, 2, 4];
const width = heads * size;
const int32 = (dims: readonly number[], ...values: number[]) => tensor('int32', dims, values);
const flags = (dims: readonly number[]) => random(dims, { dtype: 'int32', low: 0, high: 2, seed: 8 });
const bias = (dims: readonly number[]) => random(dims, { seed: 11 });

type Sizes = NonNullable<MicrosoftOptions['dynamic']>;

interface Case {
  name: string;
  inputs: readonly (Tensor | null)[];
  attributes?: Readonly<Record<string, number | readonly number[]>>;
  dynamic?: Sizes;
  outputCount?: number;
}

describe('Attention', () => {
  const x = random([batch, length, 6], { low: -2, high: 2 });
  const weights = random([6, 3 * width], { seed: 2 });
  const own = random([3 * width], { seed: 3 });
  const past = random([2, batch, heads, 5, size], { seed: 9 });
  const pastDims = [2, 'batch', heads, 'past', size];
  const cases: Case[] = [
    { name: 'nothing else', inputs: [] },
    { name: 'causal, with a scale', inputs: [], attributes: { unidirectional: 1, scale: 0.3 } },
    { name: 'lengths', inputs: [int32([2], 2, 3)], dynamic: { 3: ['batch'] } },
    {
      name: 'lengths and causal',
      inputs: [int32([2], 2, 3)],
      attributes: { unidirectional: 1 },
      dynamic: { 3: ['n'] },
    },
    { name: 'ends and starts', inputs: [int32([4], 3, 2, 1, 0)], attributes: { mask_filter_value: -1000.5 } },
    { name: 'flags of keys', inputs: [int32([2, 3], 1, 1, 0, 0, 1, 1)], dynamic: { 3: ['batch', 'length'] } },
    {
      name: 'no key seen by some',
      inputs: [int32([2, 3], 0, 0, 0, 0, 1, 1)],
      attributes: { mask_filter_value: -20.5 },
    },
    {
      name: 'flags of queries and keys',
      inputs: [flags([batch, length, length])],
      attributes: { mask_filter_value: -20.5 },
      dynamic: { 3: ['batch', 'length', 'length'] },
    },
    {
      name: 'a bias',
      inputs: [null, null, bias([1, heads, length, length])],
      dynamic: { 5: [1, heads, 'length', 'length'] },
    },
    { name: 'flags and a bias', inputs: [int32([2, 3], 1, 1, 0, 0, 1, 1), null, bias([batch, 1, length, length])] },
    { name: 'a past', inputs: [null, past], dynamic: { 4: pastDims }, outputCount: 2 },
    {
      name: 'a past, causal',
      inputs: [null, past],
      attributes: { unidirectional: 1 },
      dynamic: { 4: pastDims },
      outputCount: 2,
    },
    {
      name: 'a past, flags, causal',
      inputs: [flags([batch, 8]), past],
      attributes: { unidirectional: 1, mask_filter_value: -20.5 },
      dynamic: { 3: ['batch', 'total'], 4: pastDims },
      outputCount: 2,
    },
    {
      name: 'a past, lengths',
      inputs: [int32([2], 6, 8), past],
      dynamic: { 3: ['batch'], 4: pastDims },
      outputCount: 2,
    },
    { name: 'a present without a past', inputs: [], outputCount: 2 },
  ];
  it.each(cases)('$name', ({ inputs, attributes, dynamic, outputCount }) => {
    const sizes = dynamic || inputs.length === 0 ? { 0: ['batch', 'length', 6], ...dynamic } : undefined;
    const all = { num_heads: heads, ...attributes };
    return checkMicrosoft('Attention', [x, weights, own, ...inputs], all, { outputCount, dynamic: sizes });
  });
  it('values of another size', () => {
    const inputs = [x, random([6, 20], { seed: 2 }), random([20], { seed: 3 })];
    const dynamic = { 0: ['batch', 'length', 6] };
    return checkMicrosoft('Attention', inputs, { num_heads: heads, qkv_hidden_sizes: [8, 8, 4] }, { dynamic });
  });
});

describe('QAttention', () => {
  const number = (value: number) => tensor('float32', [], [value]);
  // Of 7 bits: products of 8 bits saturate in ONNX Runtime where the processor has no better instruction.
  const x = random([batch, length, 6], { dtype: 'uint8', low: 64, high: 128 });
  const weights = random([6, 3 * width], { dtype: 'int8', low: -100, high: 100, seed: 2 });
  const own = random([3 * width], { seed: 3 });
  const zero = tensor('uint8', [], [90]);
  it('one scale', () => {
    const inputs = [x, weights, own, number(0.02), number(0.01), null, zero, tensor('int8', [], [3])];
    return checkMicrosoft('QAttention', inputs, { num_heads: heads }, { dynamic: { 0: ['batch', 'length', 6] } });
  });
  it('a scale for each column, lengths, causal', () => {
    const scales = random([3 * width], { low: 0.01, high: 0.02 });
    const zeros = random([3 * width], { dtype: 'int8', low: -5, high: 5 });
    const inputs = [x, weights, own, number(0.02), scales, int32([2], 2, 3), zero, zeros];
    return checkMicrosoft('QAttention', inputs, { num_heads: heads, unidirectional: 1 });
  });
  it('a past', () => {
    const past = random([2, batch, heads, 5, size], { seed: 9 });
    const inputs = [x, weights, own, number(0.02), number(0.01), null, zero, null, past];
    const dynamic = { 0: ['batch', 'length', 6], 8: [2, 'batch', heads, 'past', size] };
    return checkMicrosoft('QAttention', inputs, { num_heads: heads, unidirectional: 1 }, { outputCount: 2, dynamic });
  });
});

describe('MultiHeadAttention', () => {
  const keys = 5;
  const query = random([batch, length, width], { low: -2, high: 2 });
  const key = random([batch, keys, width], { low: -2, high: 2, seed: 2 });
  const value = random([batch, keys, 6], { seed: 3 });
  const cross = { 0: ['batch', 'queries', width], 1: ['batch', 'keys', width], 2: ['batch', 'keys', 6] };
  const cases: Case[] = [
    { name: 'nothing else', inputs: [] },
    { name: 'a bias of the projection, a scale', inputs: [bias([22])], attributes: { scale: 0.3 } },
    { name: 'lengths', inputs: [bias([22]), int32([2], 3, 5)], dynamic: { 4: ['batch'] } },
    { name: 'lengths in the packed form', inputs: [null, int32([8], 3, 5, 0, 3, 6, 0, 5, 10)] },
    {
      name: 'flags of keys and a bias',
      inputs: [null, flags([batch, keys]), bias([1, heads, length, keys])],
      attributes: { mask_filter_value: -20.5 },
      dynamic: { 4: ['batch', 'keys'], 5: [1, heads, 'queries', 'keys'] },
    },
    {
      name: 'flags of queries and keys, and a bias',
      inputs: [null, flags([batch, length, keys]), bias([batch, 1, length, keys])],
      attributes: { mask_filter_value: -20.5 },
      dynamic: { 4: ['batch', 'queries', 'keys'], 5: ['batch', 1, 'queries', 'keys'] },
    },
  ];
  it.each(cases)('$name', ({ inputs, attributes, dynamic }) => {
    const sizes = dynamic || inputs.length < 2 ? { ...cross, ...dynamic } : undefined;
    const all = { num_heads: heads, ...attributes };
    return checkMicrosoft('MultiHeadAttention', [query, key, value, ...inputs], all, { dynamic: sizes });
  });

  const apart = [4, 5].map((seed) => random([batch, heads, keys, size], { seed }));
  it.each([null, flags([batch, keys])])('keys and values with the heads apart, flags %#', (mask) => {
    const dims = ['batch', heads, 'keys', size];
    const sizes: Sizes = { 0: cross[0], 1: dims, 2: dims };
    const dynamic = mask ? { ...sizes, 4: ['batch', 'keys'] } : sizes;
    const inputs = mask ? [query, ...apart, null, mask] : [query, ...apart];
    return checkMicrosoft('MultiHeadAttention', inputs, { num_heads: heads, mask_filter_value: -20.5 }, { dynamic });
  });

  const self = [query, ...[12, 13].map((seed) => random([batch, length, width], { seed }))];
  const past = [4, 5].map((seed) => random([batch, heads, 7, size], { seed }));
  const dims = ['batch', 'length', width];
  const pastDims = ['batch', heads, 'past', size];
  const steps: Case[] = [
    { name: 'nothing else', inputs: [null, null, null] },
    {
      name: 'a bias, causal',
      inputs: [bias([24]), null, bias([1, 1, length, 10])],
      attributes: { unidirectional: 1 },
      dynamic: { 5: [1, 1, 'length', 'total'] },
    },
    {
      name: 'flags, causal',
      inputs: [bias([24]), flags([batch, 10]), null],
      attributes: { unidirectional: 1, mask_filter_value: -20.5 },
      dynamic: { 4: ['batch', 'total'] },
    },
  ];
  it.each(steps)('with a past and $name', ({ inputs, attributes, dynamic }) => {
    const sizes = { 0: dims, 1: dims, 2: dims, 6: pastDims, 7: pastDims, ...dynamic };
    const all = { num_heads: heads, ...attributes };
    const options = { outputCount: 3, dynamic: sizes };
    return checkMicrosoft('MultiHeadAttention', [...self, ...inputs, ...past], all, options);
  });
  it('gives a present without a past', () => {
    const options = { outputCount: 3, dynamic: { 0: dims, 1: dims, 2: dims } };
    return checkMicrosoft('MultiHeadAttention', self, { num_heads: heads }, options);
  });
  it('gives the scores', () => {
    const inputs = [...self, null, flags([batch, length]), bias([1, heads, length, length])];
    const options: MicrosoftOptions = { outputCount: 4, without: [1, 2], types: { 3: 'float32' } };
    return checkMicrosoft('MultiHeadAttention', inputs, { num_heads: heads, mask_filter_value: -20.5 }, options);
  });

  it.each([2, 3])('unpacks %i of queries, keys and values', async (packed) => {
    const parts = [query, ...[12, 13].map((seed) => random([batch, length, width], { seed }))];
    const domains = { 'com.microsoft': 1 };
    const node = { op: 'MultiHeadAttention', domain: 'com.microsoft', attributes: { num_heads: heads } };
    const inputs = { q: parts[0]!, k: parts[1]!, v: parts[2]! };
    const expected = await runWithOnnxRuntime([{ ...node, inputs: ['q', 'k', 'v'], outputs: ['y'] }], inputs, {
      domains,
    });
    const joined = join(parts.slice(3 - packed));
    const given: Readonly<Record<string, Tensor>> = packed === 3 ? { q: joined } : { q: query, k: joined };
    const shapes = { [packed === 3 ? 'q' : 'k']: ['batch', 'length', heads, packed, size] };
    for (const options of [{ domains }, { domains, shapes }]) {
      const nodes = [{ ...node, inputs: Object.keys(given), outputs: ['y'] }];
      expectClose((await runImported(nodes, given, options)).get('y')!, expected.get('y')!);
    }
  });
});

/** Tensors [batch, length, heads · size] as one of [batch, length, heads, count, size]. */
function join(parts: readonly Tensor[]): Tensor {
  const count = parts.length;
  const data = new Float32Array(batch * length * width * count);
  parts.forEach((part, p) => {
    const from = part.data as Float32Array;
    for (let i = 0; i < from.length; i++) data[Math.floor(i / size) * count * size + p * size + (i % size)] = from[i]!;
  });
  return { dtype: 'float32', dims: [batch, length, heads, count, size], data };
}
