// Weights in blocks of few bits from a model to an engine: they stay codes, on the disk and on the device, and are read as such.

import { build, buildPlan, EngineRunner } from '@trtx/builder';
import { type Compiled, PORTABLE, type Target } from '@trtx/codegen';
import { dispatchesOf, type Plan } from '@trtx/engine';
import { cloneGraph, type Graph, GraphBuilder, type Tensor, type Value } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import { optimize } from '@trtx/passes';
import { quantizeWeights, type WeightOptions } from '@trtx/quantizer';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { random } from '../../packages/reference/src/testing/check.ts';
import { weights } from '../kernels/support.ts';
import { testDevice } from '../support/chain.ts';
import { expectClose } from '../support/compare.ts';
import { encodeModel, type OracleNode, runWithOnnxRuntime } from '../support/onnx-oracle.ts';

const WIDTH = 256;
const WORDS = 2000;
const LENGTH = 6;

/** Made up as BERT is: embeddings of words and places, layers of attention and of two products, norms between. */
function textModel(): Graph {
  const b = new GraphBuilder('text');
  const small = (dims: readonly number[]) => weights(b, dims, { low: -0.15, high: 0.15 });
  const linear = (x: Value, k: number, n: number) => b.Add(b.MatMul(x, small([k, n])), small([n]));
  const norm = (x: Value) =>
    b.op('LayerNormalization', [x, weights(b, [WIDTH], { low: 0.5, high: 1.5 }), small([WIDTH])])[0]!;
  const words = b.input('words', 'int64', [1, LENGTH]);
  const places = b.Gather(small([64, WIDTH]), b.constant('int64', [LENGTH], [0, 1, 2, 3, 4, 5]));
  let x = norm(b.Add(b.Gather(small([WORDS, WIDTH]), words), places));
  for (let layer = 0; layer < 2; layer++) {
    const [q, k, v] = [1, 2, 3].map(() => linear(x, WIDTH, WIDTH)) as [Value, Value, Value];
    const [attended] = b.op('Attention', [q, k, v], { q_num_heads: 4, kv_num_heads: 4 });
    x = norm(b.Add(x, linear(attended!, WIDTH, WIDTH)));
    x = norm(b.Add(x, linear(b.Gelu(linear(x, WIDTH, 4 * WIDTH)), 4 * WIDTH, WIDTH)));
  }
  b.output('y', x);
  return b.graph;
}

function quantized(options: WeightOptions): Graph {
  const graph = textModel();
  optimize(graph);
  quantizeWeights(graph, options);
  return graph;
}

const bytesOf = ({ plan }: Pick<Compiled, 'plan'>) => plan.blobs.reduce((sum, { bytes }) => sum + bytes, 0);
const labelsOf = (plan: Plan) => [...dispatchesOf(plan.steps)].map(({ label }) => label);

const LARGE: Target = {
  ...PORTABLE,
  features: new Set(['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix']),
  limits: { ...PORTABLE.limits, maxComputeInvocationsPerWorkgroup: 1024, maxComputeWorkgroupStorageSize: 49152 },
  subgroups: { min: 32, max: 32 },
  matrices: [{ m: 16, n: 16, k: 16, operand: 'f16', result: 'f32' }],
};

describe.each([
  ['int4', 32, 0.16],
  ['float4e2m1', 32, 0.16],
  ['int8', 128, 0.27],
] as const)('weights of %s', (type, block, most) => {
  it('take their bits in an engine', () => {
    const whole = bytesOf(build(textModel()));
    expect(bytesOf(build(quantized({ type, block }))) / whole).toBeLessThanOrEqual(most);
  });

  it('are read as codes by products and look-ups', () => {
    for (const target of [PORTABLE, LARGE])
      for (const fp16 of [false, true]) {
        const { plan } = buildPlan(quantized({ type, block }), { target, fp16 });
        // The rows that are looked up, and no weights.
        expect(labelsOf(plan).filter((label) => label.startsWith('map')).length).toBeLessThanOrEqual(1);
        expect(plan.liveBytesPeak).toBeLessThan(2 * WIDTH * WIDTH);
        expect(bytesOf({ plan })).toBeLessThanOrEqual(bytesOf(buildPlan(quantized({ type, block }))));
      }
  });

  it('give what the reference gives', async () => {
    const graph = quantized({ type, block, symmetric: type !== 'int8' });
    const words: Tensor = {
      dtype: 'int64',
      dims: [1, LENGTH],
      data: BigInt64Array.from([7n, 999n, 0n, 12n, 500n, 7n]),
    };
    const expected = await new ReferenceRunner(cloneGraph(graph)).run(new Map([['words', words]]));
    const { device, isFallback } = await testDevice();
    const runner = await EngineRunner.create(graph, { device, software: isFallback });
    const actual = await runner.run(new Map([['words', words]]));
    await runner.dispose();
    expectClose(actual.get('y')!, expected.get('y')!, { absolute: 1e-4, relative: 1e-4 }, 'y');
  });
});

describe.each([4, 8])('MatMulNBits of %i bits', (bits) => {
  it.each([
    { K: 64, N: 20, block_size: 32, rows: 1 },
    { K: 80, N: 24, block_size: 16, rows: 5 },
    { K: 200, N: 12, block_size: 128, rows: 2 },
  ])('%o', async ({ K, N, block_size, rows }) => {
    const { device, isFallback } = await testDevice();
    const blocks = Math.ceil(K / block_size);
    const bytes = (dims: readonly number[], seed: number) => random(dims, { dtype: 'uint8', low: 0, high: 256, seed });
    const constants = {
      codes: bytes([N, blocks, (block_size * bits) / 8], 2),
      scales: random([N, blocks], { low: 0.1, high: 0.5, seed: 3 }),
      zeros: bytes([N, Math.ceil((blocks * bits) / 8)], 4),
    };
    const x = random([rows, K]);
    for (const operands of [
      ['codes', 'scales'],
      ['codes', 'scales', 'zeros'],
    ] as const) {
      const attributes = { K, N, block_size, bits };
      const node: OracleNode = {
        op: 'MatMulNBits',
        domain: 'com.microsoft',
        inputs: ['x', ...operands],
        outputs: ['y'],
        attributes,
      };
      const known = Object.fromEntries(operands.map((name) => [name, constants[name]]));
      const options = { domains: { 'com.microsoft': 1 }, constants: known };
      const expected = await runWithOnnxRuntime([node], { x }, options);
      const { graph } = await importModel(encodeModel([node], { x }, options));
      const runner = await EngineRunner.create(graph, { device, software: isFallback });
      const actual = await runner.run(new Map([['x', x]]));
      expectClose(actual.get('y')!, expected.get('y')!, { absolute: 1e-4, relative: 1e-4 }, operands.join());
      await runner.dispose();
      // The codes, what they are scaled by, and no more.
      const { graph: again } = await importModel(encodeModel([node], { x }, options));
      const { plan } = buildPlan(again, { target: PORTABLE });
      expect(labelsOf(plan).map((label) => label.split(' ')[0])).toEqual(['gemm.gemv-blocks']);
    }
  });
});
