// Models with ops of com.microsoft, through the whole chain, against ONNX Runtime.

import { EngineRunner } from '@trtx/builder';
import { parseProfile, type Tensor } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import { it } from 'vitest';
import { inputsOf, nodes, options } from '../../packages/onnx/src/testing/transformer.ts';
import { random, tensor } from '../../packages/reference/src/testing/check.ts';
import { testDevice } from '../support/chain.ts';
import { expectClose } from '../support/compare.ts';
import { encodeModel, type OracleNode, type OracleOptions, runWithOnnxRuntime } from '../support/onnx-oracle.ts';

type Inputs = Readonly<Record<string, Tensor>>;

async function engineOf(model: Uint8Array, profile = ''): Promise<EngineRunner> {
  const { device, isFallback } = await testDevice();
  const { graph } = await importModel(model);
  return EngineRunner.create(graph, { device, software: isFallback, profile: parseProfile(profile) });
}

async function compare(runner: EngineRunner, nodes: readonly OracleNode[], inputs: Inputs, options: OracleOptions) {
  const expected = await runWithOnnxRuntime(nodes, inputs, options);
  const actual = await runner.run(new Map(Object.entries(inputs)));
  for (const [name, value] of expected) expectClose(actual.get(name)!, value, { absolute: 1e-4, relative: 1e-4 }, name);
}

it('a layer of a transformer at several shapes', async () => {
  const runner = await engineOf(
    encodeModel(nodes, inputsOf(2, 3, 5), options),
    'x:{1..2}x{1..4}x32,mask:{1..2}x{2..12},pk:{1..2}x4x{1..8}x8,pv:{1..2}x4x{1..8}x8',
  );
  for (const [batch, length, past] of [
    [2, 3, 5],
    [1, 1, 8],
  ] as const)
    await compare(runner, nodes, inputsOf(batch, length, past), options);
  await runner.dispose();
});

it('steps of GroupQueryAttention with a cache for batch elements of different lengths', async () => {
  const [heads, shared, size, cache] = [4, 2, 16, 8];
  const node: OracleNode = {
    op: 'GroupQueryAttention',
    domain: 'com.microsoft',
    inputs: ['q', 'k', 'v', 'pk', 'pv', 'lengths', 'total', 'cos', 'sin'],
    outputs: ['y', 'present_k', 'present_v'],
    attributes: { num_heads: heads, kv_num_heads: shared, do_rotary: 1 },
  };
  // As exporters write it: the total is the length of the attention mask.
  const length: OracleNode[] = [
    { op: 'Shape', inputs: ['mask'], outputs: ['all'], attributes: { start: 1, end: 2 } },
    { op: 'Cast', inputs: ['all'], outputs: ['total'], attributes: { to: 'int32' } },
  ];
  const angles = (seed: number) => random([32, size / 2], { seed });
  const options = {
    domains: { 'com.microsoft': 1 },
    outputs: node.outputs,
    constants: { cos: angles(6), sin: angles(7) },
    shapes: { mask: [2, 'total'] },
  };
  const inputs = (totals: readonly number[]) => ({
    q: random([2, 1, heads * size]),
    k: random([2, 1, shared * size], { seed: 2 }),
    v: random([2, 1, shared * size], { seed: 3 }),
    pk: random([2, shared, cache, size], { seed: 4 }),
    pv: random([2, shared, cache, size], { seed: 5 }),
    lengths: tensor(
      'int32',
      [2],
      totals.map((total) => total - 1),
    ),
    mask: random([2, Math.max(...totals)], { dtype: 'int32', low: 0, high: 2 }),
  });
  const nodes = [...length, node];
  const runner = await engineOf(encodeModel(nodes, inputs([5, 3]), options), 'mask:2x{1..8}');
  for (const totals of [
    [5, 3],
    [4, 8],
  ])
    await compare(runner, nodes, inputs(totals), options);
  await runner.dispose();
});
