// What is read back between dispatches is what the reference has computed there, wherever and however it lies.
import { EngineRunner } from '@trtx/builder';
import { type Graph, GraphBuilder, type Tensor } from '@trtx/ir';
import { ReferenceRunner, toFloat64 } from '@trtx/reference';
import { expect, it } from 'vitest';
import { testDevice } from '../../../tests/support/chain.ts';
import { type TapOptions, type TappedTensor, tapTensors } from './tap.ts';

async function tapped(graph: Graph, inputs: Map<string, Tensor>, options?: TapOptions): Promise<TappedTensor[]> {
  const { device, isFallback } = await testDevice();
  const runner = await EngineRunner.create(graph, { device, software: isFallback, level: 0 });
  const given = Object.fromEntries(
    [...inputs].map(([name, { data, dims }]) => [name, { data: data as Float32Array, dims }]),
  );
  const found: TappedTensor[] = [];
  for await (const tensor of tapTensors(runner.engine, given, options)) found.push(tensor);
  await runner.dispose();
  return found;
}

function random(dims: readonly number[]): Tensor {
  const data = Float32Array.from({ length: dims.reduce((n, dim) => n * dim, 1) }, (_, i) => Math.sin(i * 1.7 + 0.3));
  return { dtype: 'float32', dims, data };
}

/** Convolutions whose results lie in a concatenation, channels last where kernels want it, then a softmax and its ArgMax. */
function network() {
  const b = new GraphBuilder('net');
  const x = b.input('x', 'float32', [1, 4, 8, 8]);
  const weights = (name: string, dims: readonly number[]) =>
    b.constant('float32', dims, [...(random(dims).data as Float32Array)], name);
  const one = b.Conv(x, weights('w1', [8, 4, 3, 3]), undefined, { pads: [1, 1, 1, 1] });
  const two = b.Relu(b.Conv(x, weights('w2', [4, 4, 1, 1])));
  const joined = b.Concat([one, two], { axis: 1 });
  const next = b.Conv(joined, weights('w3', [8, 12, 3, 3]));
  const flat = b.Softmax(b.ReduceMean(next, b.constant('int64', [2], [2, 3]), { keepdims: 0 }), { axis: -1 });
  b.output('best', b.ArgMax(flat, { axis: 1, keepdims: 0 }));
  b.output('large', b.Greater(next, b.constant('float32', [], [0])));
  return { graph: b.graph, inputs: new Map([['x', random([1, 4, 8, 8])]]) };
}

it('gives each tensor as the reference computes it', async () => {
  const { graph, inputs } = network();
  const expected = await new ReferenceRunner(graph, { values: 'all' }).run(inputs);
  const found = await tapped(graph, inputs);
  const known = found.filter(({ name }) => expected.has(name));
  expect(known.length).toBeGreaterThanOrEqual(6);
  expect(new Set(found.map(({ dtype }) => dtype))).toEqual(new Set(['float32', 'int64', 'bool']));
  for (const { name, dtype, dims, data } of known) {
    const one = expected.get(name)!;
    expect([dtype, dims], name).toEqual([one.dtype, one.dims]);
    const [a, e] = [toFloat64({ dtype, dims, data }), toFloat64(one)];
    const worst = a.reduce((most, x, i) => Math.max(most, Math.abs(x - e[i]!)), 0);
    expect(worst, name).toBeLessThan(1e-4);
  }
  expect(found.map(({ dispatch }) => dispatch)).toEqual(found.map(({ dispatch }) => dispatch).sort((a, b) => a - b));
});

it('takes several runs where one may not read back so much', async () => {
  const { graph, inputs } = network();
  const whole = await tapped(graph, inputs);
  expect(await tapped(network().graph, inputs, { bytesPerRun: 1 })).toEqual(whole);
});

it('reads only what is wanted', async () => {
  const { graph, inputs } = network();
  const [name] = graph.outputs.map(({ value }) => value.name);
  expect((await tapped(graph, inputs, { wants: (one) => one === name })).map((tensor) => tensor.name)).toEqual([name]);
});
