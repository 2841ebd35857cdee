// Finite numbers in, finite numbers out: what is made of exponentials holds up to ±10,000.

import type { GraphBuilder, Tensor, Value } from '@trtx/ir';
import { expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { type Case, expectedOf, expectSame, f32, graphOf, runCompiled, variantsOf, weights } from './support.ts';

const ROW = 64;
const OPS: Readonly<Record<string, (b: GraphBuilder, x: Value) => Value>> = {
  softmax: (b, x) => b.Softmax(x),
  'log softmax': (b, x) => b.LogSoftmax(x),
  'log sum exp': (b, x) => b.ReduceLogSumExp(x, b.constant('int64', [1], [1])),
  'layer norm': (b, x) => b.op('LayerNormalization', [x, weights(b, [ROW]), weights(b, [ROW])])[0]!,
  'rms norm': (b, x) => b.op('RMSNormalization', [x, weights(b, [ROW])])[0]!,
  tanh: (b, x) => b.Tanh(x),
  erf: (b, x) => b.Erf(x),
  sigmoid: (b, x) => b.Sigmoid(x),
  swish: (b, x) => b.Mul(x, b.Sigmoid(x)),
  gelu: (b, x) => b.Gelu(x),
  'gelu by tanh': (b, x) => b.Gelu(x, { approximate: 'tanh' }),
  softplus: (b, x) => b.Softplus(x),
  mish: (b, x) => b.Mish(x),
  elu: (b, x) => b.Elu(x),
  atan: (b, x) => b.Atan(x),
};

const rows: readonly ((i: number) => number)[] = [
  () => 1e4,
  () => -1e4,
  (i) => (i % 2 ? 1e4 : -1e4),
  (i) => (i === 5 ? 1e4 : 0),
  (i) => (i === 5 ? -1e4 : 0),
  () => 0,
  (i) => -0 + (i % 3) * 1e-30,
  (i) => (i - 32) * 3,
  (i) => 1e4 + i,
];

it.each(Object.keys(OPS))('%s', async (name) => {
  const one: Case = { name, inputs: [f32(rows.length, ROW)], build: (b, x) => OPS[name]!(b, x) };
  const data = Float32Array.from(rows.flatMap((row) => Array.from({ length: ROW }, (_, i) => row(i))));
  const feeds = [new Map<string, Tensor>([['x0', { dtype: 'float32', dims: [rows.length, ROW], data }]])];
  const expected = await expectedOf(graphOf(one), feeds);
  for (const { compiled } of variantsOf(() => graphOf(one))) {
    const results = await runCompiled((await testDevice()).device, compiled, feeds);
    expect((results[0]!.get('y0')!.data as Float32Array).every(Number.isFinite)).toBe(true);
    expectSame(results, expected, name);
  }
});
