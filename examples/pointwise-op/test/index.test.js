import { build, bytesOf } from '@trtx/builder';
import { GraphBuilder } from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { extensionsOf, importOptions } from '@trtx/plugin';
import { ReferenceRunner } from '@trtx/reference';
import { Engine } from '@trtx/runtime';
import { requestNodeDevice } from '@trtx/runtime/node';
import { expect, it } from 'vitest';
import { plugin } from '../src/index.js';

const { ops, reference } = extensionsOf([plugin]);
const x = { dtype: /** @type {const} */ ('float32'), dims: [2, 3], data: Float32Array.of(-2, -1, 0, 0.5, 1, 3) };

/** A product, the activation, a sum: as an ONNX model. */
function model() {
  const b = new GraphBuilder('net', ops);
  const input = b.input('x', 'float32', [2, 3]);
  const product = b.MatMul(input, b.constant('float32', [3, 2], [1, 0, 0, 1, -1, 0.5]));
  const [active] = b.op('com.example::Snake', [product, b.constant('float32', [2], [0.5, 2])]);
  b.output('y', b.Sqrt(b.Abs(active)));
  return exportModel(b.graph);
}

it('is x + sin²(a·x)/a', async () => {
  const b = new GraphBuilder('net', ops);
  const [y] = b.op('com.example::Snake', [b.input('x', 'float32', [2, 3]), b.constant('float32', [], [2])]);
  b.output('y', y);
  const outputs = await new ReferenceRunner(b.graph, { kernels: reference }).run(new Map([['x', x]]));
  const expected = Array.from(x.data, (value) => Math.fround(value + Math.sin(2 * value) ** 2 / 2));
  expect(Array.from(/** @type {Float32Array} */ (outputs.get('y')?.data))).toEqual(expected);
});

it('fuses into its neighbours, and the engine runs without it', async () => {
  const { graph } = await importModel(model(), importOptions([plugin]));
  const expected = await new ReferenceRunner(graph, { kernels: reference }).run(new Map([['x', x]]));
  const { plan, file } = build(graph, { plugins: [plugin] });
  const dispatches = plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []));
  expect(dispatches.map(({ nodes }) => nodes.length)).toEqual([4]);
  expect(plan.hostNodes).toEqual([]);

  const gpu = await requestNodeDevice();
  if (!gpu) throw new Error('this machine has no WebGPU adapter');
  const engine = await Engine.load(bytesOf(file), { device: gpu.device });
  const outputs = await engine.createContext().run({ x: { data: x.data, dims: x.dims } });
  const wanted = /** @type {Float32Array} */ (expected.get('y')?.data);
  wanted.forEach((value, i) => {
    expect(outputs.y?.data[i]).toBeCloseTo(value, 5);
  });
  await engine.dispose();
  gpu.release();
});
