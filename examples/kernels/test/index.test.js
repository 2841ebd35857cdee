import { build, bytesOf, EngineRunner } from '@trtx/builder';
import { defineOp, GraphBuilder } from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { extensionsOf, importOptions } from '@trtx/plugin';
import { ReferenceRunner } from '@trtx/reference';
import { Engine } from '@trtx/runtime';
import { requestNodeDevice } from '@trtx/runtime/node';
import { afterAll, describe, expect, it } from 'vitest';
import { plugin } from '../src/index.js';

const { ops, reference } = extensionsOf([plugin]);
const gpu = await requestNodeDevice();
if (!gpu) throw new Error('this machine has no WebGPU adapter');
afterAll(() => gpu.release());

/**
 * @param {number[]} dims
 * @param {number} seed
 * @returns {import('@trtx/ir').Tensor}
 */
function tensor(dims, seed) {
  const count = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 3.7 * i)) };
}

/**
 * @param {import('@trtx/ir').Tensor | { data: ArrayLike<unknown> } | undefined} actual
 * @param {import('@trtx/ir').Tensor | undefined} expected
 */
function expectClose(actual, expected) {
  const [got, wanted] = [actual, expected].map((one) => Array.from(/** @type {Float32Array} */ (one?.data)));
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 4);
}

/** Distances between a of [M, 3] and b of [N, 3], to be built for up to 64 rows. */
function distances() {
  const b = new GraphBuilder('net', ops);
  const [x, y] = [b.input('a', 'float32', ['M', 3]), b.input('b', 'float32', ['N', 3])];
  b.output('c', b.op('com.example::SquaredDistances', [b.Relu(x), y])[0]);
  return b.graph;
}

describe('the kernels', () => {
  it.each(['element', 'workgroup'])('by %s compute what the reference does, at any size', async (which) => {
    const kernels = plugin.kernels?.filter(({ id }) => id.endsWith(which));
    const range = { min: 1, max: 64 };
    const runner = await EngineRunner.create(distances(), {
      device: gpu.device,
      software: gpu.isFallback,
      plugins: [{ ...plugin, kernels }],
      profile: { a: [range, 3], b: [range, 3] },
    });
    for (const [m, n] of [
      [1, 1],
      [5, 7],
      [64, 3],
    ]) {
      const inputs = new Map([
        ['a', tensor([m, 3], 1)],
        ['b', tensor([n, 3], 2)],
      ]);
      const expected = await new ReferenceRunner(distances(), { kernels: reference }).run(inputs);
      expectClose((await runner.run(inputs)).get('c'), expected.get('c'));
    }
    await runner.dispose();
  });

  it.each([
    [[256, 3], [256, 3], 'element'],
    [[1, 100_000], [1, 100_000], 'workgroup'],
  ])('compete: %j and %j by %s', (a, b, which) => {
    const net = new GraphBuilder('net', ops);
    const inputs = [net.input('a', 'float32', a), net.input('b', 'float32', b)];
    net.output('c', net.op('com.example::SquaredDistances', inputs)[0]);
    const { plan } = build(net.graph, { plugins: [plugin] });
    expect(JSON.stringify(plan.steps)).toContain(`example.squared-distances.${which}`);
  });
});

describe('nodes of a file', () => {
  /** The op as the file has it. */
  const CDist = defineOp({
    domain: 'com.microsoft',
    name: 'CDist',
    since: 1,
    summary: 'what is written to the file',
    inputs: [{ name: 'A' }, { name: 'B' }],
    outputs: [{ name: 'C' }],
    attributes: { metric: { type: 'string' } },
    trait: { kind: 'opaque' },
    infer: (at) => [{ dtype: 'float32', shape: [at.input(0).shape[0], at.input(1).shape[0]] }],
  });

  /** @param {string | undefined} metric */
  function model(metric) {
    const b = new GraphBuilder('net', ops.with([CDist]));
    const inputs = [b.input('a', 'float32', [4, 3]), b.input('b', 'float32', [5, 3])];
    b.output('c', b.op('com.microsoft::CDist', inputs, { metric })[0]);
    return exportModel(b.graph);
  }

  it.each([undefined, 'sqeuclidean', 'euclidean'])('with the metric %s run as one dispatch', async (metric) => {
    const inputs = new Map([
      ['a', tensor([4, 3], 1)],
      ['b', tensor([5, 3], 2)],
    ]);
    // Without the plugin, @trtx writes CDist out in ops of its own.
    const expected = await new ReferenceRunner((await importModel(model(metric))).graph).run(inputs);
    const { graph } = await importModel(model(metric), importOptions([plugin]));
    expectClose((await new ReferenceRunner(graph, { kernels: reference }).run(inputs)).get('c'), expected.get('c'));

    const { plan, file } = build(graph, { plugins: [plugin] });
    expect(plan.steps.map((step) => step.kind === 'dispatches' && step.dispatches.length)).toEqual([1]);
    const engine = await Engine.load(bytesOf(file), { device: gpu.device });
    const given = [...inputs].map(([name, { data, dims }]) => [name, { data, dims }]);
    const outputs = await engine.createContext().run(Object.fromEntries(given));
    expectClose(outputs.c, expected.get('c'));
    await engine.dispose();
  });

  it('with another metric are refused', async () => {
    await expect(importModel(model('cosine'), importOptions([plugin]))).rejects.toThrow('the metric cosine');
  });
});

it('never runs on the host', () => {
  const b = new GraphBuilder('net', ops);
  const [x, y] = [b.input('a', 'float64', [2, 3]), b.input('b', 'float64', [2, 3])];
  b.output('c', b.op('com.example::SquaredDistances', [x, y])[0]);
  expect(() => build(b.graph, { plugins: [plugin] })).toThrow(
    expect.objectContaining({ code: 'PLUGIN_ON_HOST', details: [expect.stringContaining('the GPU has no float64')] }),
  );
});
