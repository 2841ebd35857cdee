import { build } from '@trtx/builder';
import { GraphBuilder } from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { extensionsOf, importOptions } from '@trtx/plugin';
import { ReferenceRunner } from '@trtx/reference';
import { expect, it } from 'vitest';
import { plugin } from '../src/index.js';

const { ops, reference } = extensionsOf([plugin]);

/** The op between two others, as an ONNX model. */
function model() {
  const b = new GraphBuilder('net', ops);
  const [y] = b.op('com.example::__Name__', [b.Neg(b.input('x', 'float32', [4]))]);
  b.output('y', b.Sqrt(b.Abs(y)));
  return exportModel(b.graph);
}

it('computes', async () => {
  const { graph } = await importModel(model(), importOptions([plugin]));
  /** @type {import('@trtx/ir').Tensor} */
  const x = { dtype: 'float32', dims: [4], data: Float32Array.of(-2, -0.5, 0, 3) };
  const outputs = await new ReferenceRunner(graph, { kernels: reference }).run(new Map([['x', x]]));
  expect(outputs.get('y')?.data).toEqual(Float32Array.of(2, 0.5, 0, 3));
});

it('is one dispatch with its neighbours', async () => {
  const { graph } = await importModel(model(), importOptions([plugin]));
  const { plan } = build(graph, { plugins: [plugin] });
  expect(plan.hostNodes).toEqual([]);
  expect(plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []))).toHaveLength(1);
});
