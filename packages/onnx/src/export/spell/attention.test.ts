// Attention and rotary embeddings in opsets that lack them.

import { type AttributeValue, constantFrom, type Graph, type GraphBuilder, type Tensor, type Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { type ExportedOptions, expectExported, floats, graphOf, integers } from '../../testing/exported.ts';
import { exportParts } from '../export.ts';

type Dims = readonly (number | string)[];

interface Case extends ExportedOptions {
  readonly name: string;
  /** Q, K, V, attn_mask, past_key, past_value, nonpad_kv_seqlen: tensors, and their declared dims. */
  readonly inputs: readonly (readonly [tensor: Tensor, dims?: Dims] | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly outputs?: number;
  readonly ops: string;
}

const NAMES = ['q', 'k', 'v', 'mask', 'pastKey', 'pastValue', 'lengths'];
const CORE = 'Transpose Mul MatMul';

const q = (heads = 2, length = 3): readonly [Tensor, Dims] => [floats([2, heads, length, 4]), ['B', heads, 'Q', 4]];
const kv = (heads = 2, length = 3, size = 4): readonly [Tensor, Dims] => [
  floats([2, heads, length, size], 0.7),
  ['B', heads, 'K', size],
];
const packed = (heads: number, length: number, name: string): readonly [Tensor, Dims] => [
  floats([2, length, heads * 4]),
  ['B', name, heads * 4],
];
const past = (heads = 2): readonly [Tensor, Dims] => [floats([2, heads, 2, 4], 0.3), ['B', heads, 'P', 4]];
const bools = (values: readonly number[], dims: readonly number[]): Tensor => ({
  dtype: 'bool',
  dims,
  data: Uint8Array.from(values),
});
const added = (values: readonly number[], dims: readonly number[]): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(values),
});
const NO = Number.NEGATIVE_INFINITY;

const CASES: readonly Case[] = [
  { name: 'plain', inputs: [q(), kv(), kv()], ops: `${CORE} Softmax MatMul` },
  {
    name: 'packed',
    inputs: [packed(2, 3, 'Q'), packed(2, 4, 'K'), packed(2, 4, 'K')],
    attributes: { q_num_heads: 2, kv_num_heads: 2, scale: 1 },
    ops: 'Reshape Transpose Reshape Transpose Reshape Transpose MatMul Softmax MatMul Transpose Reshape',
  },
  {
    name: 'an additive mask of one head',
    inputs: [q(), kv(), kv(), [added([0, NO, 0, 1, 2, NO, 0, 0, NO], [3, 3]), ['Q', 'K']]],
    ops: `${CORE} Add Greater Softmax Where MatMul`,
  },
  {
    name: 'a boolean mask, one row of which shows nothing',
    inputs: [q(), kv(), kv(), [bools([1, 0, 1, 0, 0, 0, 1, 1, 1], [3, 3]), ['Q', 'K']]],
    ops: `${CORE} Where Softmax Where MatMul`,
  },
  {
    name: 'causality',
    inputs: [q(), kv(), kv()],
    attributes: { is_causal: 1 },
    ops: `${CORE} Shape Shape Concat ConstantOfShape Trilu Add Softmax MatMul`,
  },
  {
    name: 'causality and a boolean mask',
    inputs: [q(), kv(), kv(), [bools([0, 1, 1, 1, 1, 1, 1, 0, 1], [3, 3]), ['Q', 'K']]],
    attributes: { is_causal: 1 },
    ops: `${CORE} Shape Shape Concat ConstantOfShape Trilu Where Add Greater Softmax Where MatMul`,
  },
  {
    name: 'a cache of keys and values',
    inputs: [q(), kv(), kv(), null, past(), past()],
    attributes: { is_causal: 1 },
    outputs: 3,
    ops: 'any',
  },
  {
    name: 'present keys without earlier ones, packed',
    inputs: [packed(2, 3, 'Q'), packed(2, 4, 'K'), packed(2, 4, 'K')],
    attributes: { q_num_heads: 2, kv_num_heads: 2 },
    outputs: 3,
    ops: 'any',
  },
  {
    name: 'heads that share keys',
    inputs: [q(4), kv(), kv()],
    ops: 'any',
  },
  {
    name: 'heads that all share the same keys',
    inputs: [q(4), kv(1), kv(1)],
    ops: `${CORE} Softmax MatMul`,
  },
  {
    name: 'heads that share keys, packed, causal, with a cache and a mask for each head',
    inputs: [
      packed(4, 2, 'Q'),
      packed(2, 2, 'L'),
      packed(2, 2, 'L'),
      [floats([2, 4, 2, 4]), ['B', 4, 'Q', 'T']],
      past(),
      past(),
    ],
    attributes: { q_num_heads: 4, kv_num_heads: 2, is_causal: 1 },
    outputs: 4,
    ops: 'any',
  },
  {
    name: 'heads that share keys, with a mask for all of them',
    inputs: [q(4), kv(), kv(), [floats([2, 1, 3, 3]), ['B', 1, 'Q', 'K']]],
    attributes: { qk_matmul_output_mode: 3 },
    outputs: 4,
    ops: 'any',
  },
  {
    name: 'limited scores',
    inputs: [q(), kv(), kv()],
    attributes: { softcap: 2, scale: 0.3 },
    ops: `${CORE} Tanh Mul Softmax MatMul`,
  },
  ...[0, 1, 2, 3].map(
    (mode): Case => ({
      name: `scores of mode ${mode}`,
      inputs: [q(), kv(), kv(), [floats([3, 3]), ['Q', 'K']]],
      attributes: { softcap: 2, qk_matmul_output_mode: mode },
      outputs: 4,
      ops: 'any',
    }),
  ),
  {
    name: 'values of another size',
    inputs: [q(), kv(), kv(2, 3, 5)],
    ops: `${CORE} Softmax MatMul`,
  },
  {
    name: 'a mask that is too short',
    inputs: [q(), [kv()[0]], [kv()[0]], [floats([3, 2]), ['Q', 2]]],
    ops: 'any',
  },
  {
    name: 'a window',
    inputs: [q(2, 4), kv(2, 4), kv(2, 4)],
    attributes: { left_window_size: 1, right_window_size: 1 },
    ops: 'any',
  },
  {
    name: 'a window to the right that is causality',
    inputs: [q(2, 4), kv(2, 4), kv(2, 4)],
    attributes: { left_window_size: -1, right_window_size: 0 },
    ops: 'any',
  },
  {
    name: 'windows of no end',
    inputs: [q(), kv(), kv()],
    attributes: { left_window_size: -1, right_window_size: -1 },
    ops: `${CORE} Softmax MatMul`,
  },
  {
    name: 'a window that some queries leave',
    inputs: [q(2, 4), kv(2, 2), kv(2, 2)],
    attributes: { left_window_size: 0, is_causal: 1 },
    ops: 'any',
  },
  {
    name: 'lengths',
    inputs: [q(), kv(2, 5), kv(2, 5), null, null, null, [integers([2, 5]), ['B']]],
    ops: 'any',
  },
  {
    name: 'lengths, causality and a window, of shared keys',
    inputs: [q(4), kv(2, 5), kv(2, 5), null, null, null, [integers([2, 5]), ['B']]],
    attributes: { is_causal: 1, left_window_size: 1 },
    ops: 'any',
  },
];

function attention({ inputs, attributes = {}, outputs = 1 }: Case, isFixed: boolean) {
  return graphOf((b) => {
    const values = inputs.map((given, i) => {
      if (!given) return null;
      const [tensor, dims = tensor.dims] = given;
      return b.input(NAMES[i]!, tensor.dtype, isFixed ? tensor.dims : dims);
    });
    return b.op('Attention', values, attributes, { outputs });
  });
}

const feedsOf = ({ inputs }: Case) =>
  Object.fromEntries(inputs.flatMap((given, i) => (given ? [[NAMES[i]!, given[0]] as const] : [])));

describe('Attention', () => {
  it.each(CASES)('$name', async (one) => {
    const ops = await expectExported(attention(one, false), feedsOf(one), { absolute: 1e-5, ...one });
    if (one.ops !== 'any') expect(ops.join(' ')).toBe(one.ops);
  });

  it.each(CASES)('$name, of fixed sizes', async (one) => {
    const ops = await expectExported(attention(one, true), feedsOf(one), { absolute: 1e-5, ...one });
    expect(ops).not.toContain('Shape');
  });

  it('joins the transposition of keys with one before it', async () => {
    const graph = graphOf((b) => {
      const x = b.input('x', 'float32', ['B', 'L', 2, 4]);
      const heads = b.Transpose(x, { perm: [0, 2, 1, 3] });
      return b.Attention(heads, b.Transpose(x, { perm: [0, 2, 1, 3] }), heads)[0] as Value;
    });
    const ops = await expectExported(graph, { x: floats([1, 3, 2, 4]) }, { absolute: 1e-5 });
    expect(ops.join(' ')).toBe('Transpose Transpose Mul MatMul Softmax MatMul');
  });

  it('makes what layers have in common once', async () => {
    const graph = graphOf((b) => {
      const mask = b.input('mask', 'bool', ['B', 1, 1, 'L']);
      let x: Value = b.input('x', 'float32', ['B', 2, 'L', 4]);
      for (let i = 0; i < 3; i++) x = b.Attention(x, x, x, mask, { is_causal: 1 })[0] as Value;
      return x;
    });
    const feeds = { x: floats([1, 2, 3, 4]), mask: bools([1, 0, 1], [1, 1, 1, 3]) };
    const ops = await expectExported(graph, feeds, { absolute: 1e-5 });
    for (const op of ['ConstantOfShape', 'Trilu', 'Greater'])
      expect(
        ops.filter((name) => name === op),
        op,
      ).toHaveLength(1);
  });

  it('asks for no second look at a mask that is finite', async () => {
    const graph = graphOf((b) => {
      const x = b.input('x', 'float32', ['B', 2, 'L', 4]);
      const seen = b.Cast(b.input('mask', 'int64', ['B', 1, 1, 'L']), { to: 'bool' });
      const mask = b.Where(seen, b.constant('float32', [], [0]), b.constant('float32', [], [-1e9]));
      return b.Attention(x, x, x, mask)[0] as Value;
    });
    const feeds = { x: floats([1, 2, 3, 4]), mask: integers([1, 0, 1], [1, 1, 1, 3]) };
    expect(await expectExported(graph, feeds, { absolute: 1e-5 })).not.toContain('Greater');
  });
});

describe('a mask is finite', () => {
  const masked = (make: (b: GraphBuilder, shape: Value) => Value): Graph =>
    graphOf((b) => {
      const x = b.input('x', 'float32', ['B', 2, 'L', 4]);
      const shape = b.Concat([b.constant('int64', [1], [1]), b.Shape(x, { start: 2, end: 3 })], { axis: 0 });
      return b.Attention(x, x, x, make(b, shape))[0] as Value;
    });
  const filled = (value: number) =>
    masked((b, shape) => b.ConstantOfShape(shape, { value: constantFrom('float32', [1], [value]) }));
  const asks = (graph: Graph) =>
    exportParts(graph, { opset: 17 })
      .written.topological()
      .some(({ op }) => op.name === 'Greater');

  it.each([
    ['numbers', filled(-1e9), false],
    ['no number', filled(NO), true],
    ['a logarithm', masked((b) => b.Log(b.input('m', 'float32', [1, 'L']))), true],
    ['an input', masked((b) => b.input('m', 'float32', [1, 'L'])), true],
    [
      'arithmetic of a mask of integers',
      masked((b) => {
        const seen = b.Cast(b.input('m', 'int64', [1, 'L']), { to: 'float32' });
        return b.Mul(b.Sub(b.constant('float32', [], [1]), seen), b.constant('float32', [], [-1e4]));
      }),
      false,
    ],
    ['a constant with a row of no numbers', masked((b) => b.constant('float32', [1, 1], [NO])), true],
  ])('%s', (_, graph, expected) => {
    expect(asks(graph)).toBe(expected);
  });
});

describe('RotaryEmbedding', () => {
  const angles = (b: GraphBuilder, name: string, count: number) => b.input(name, 'float32', ['P', count]);
  const feeds = (x: Tensor, count: number) => ({
    x,
    cos: floats([8, count]),
    sin: floats([8, count], 0.6),
    at: integers([3, 4, 5, 0, 1, 2], [2, 3]),
  });
  const TURN = 'Split Neg Concat Mul Add';

  it.each([
    ['halves', { x: floats([2, 2, 3, 4]), dims: ['B', 2, 'L', 4], count: 2, attributes: {}, ops: TURN }],
    [
      'neighbours',
      { x: floats([2, 2, 3, 4]), dims: ['B', 2, 'L', 4], count: 2, attributes: { interleaved: 1 }, ops: undefined },
    ],
    ['packed', { x: floats([2, 3, 8]), dims: ['B', 'L', 8], count: 2, attributes: { num_heads: 2 }, ops: undefined }],
    [
      'some features, packed, as neighbours',
      {
        x: floats([2, 3, 12]),
        dims: ['B', 'L', 12],
        count: 2,
        attributes: { num_heads: 2, rotary_embedding_dim: 4, interleaved: 1 },
        ops: undefined,
      },
    ],
  ])('%s', async (_, { x, dims, count, attributes, ops }) => {
    const graph = graphOf((b) =>
      b.RotaryEmbedding(
        b.input('x', 'float32', dims),
        angles(b, 'cos', count),
        angles(b, 'sin', count),
        b.input('at', 'int64', ['B', 'L']),
        attributes,
      ),
    );
    const found = await expectExported(graph, feeds(x, count), { absolute: 1e-5 });
    if (ops) expect(found.join(' ')).toContain(ops);
  });

  it('with angles for each place, which two have in common', async () => {
    const graph = graphOf((b) => {
      const cos = b.input('cos', 'float32', ['B', 'L', 2]);
      const sin = b.input('sin', 'float32', ['B', 'L', 2]);
      const turned = (name: string) => b.RotaryEmbedding(b.input(name, 'float32', ['B', 2, 'L', 4]), cos, sin);
      return [turned('q'), turned('k')];
    });
    const inputs = {
      q: floats([1, 2, 3, 4]),
      k: floats([1, 2, 3, 4], 2),
      cos: floats([1, 3, 2]),
      sin: floats([1, 3, 2], 2),
    };
    const ops = await expectExported(graph, inputs, { absolute: 1e-5 });
    expect(ops.filter((op) => op === 'Unsqueeze')).toHaveLength(2);
    expect(ops).toHaveLength(2 * 6 + 4);
  });
});
