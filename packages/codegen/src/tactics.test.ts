import { defineOp, Graph, scalar } from '@trtx/ir';
import { expect, it } from 'vitest';
import { compile } from './compile.ts';

it('kernels of a trait serve ops that they do not know', () => {
  const op = defineOp({
    domain: 'plugin',
    name: 'SumOfCubes',
    since: 1,
    summary: 'Σ x³ over the last axis',
    inputs: [{ name: 'x' }],
    outputs: [{ name: 'y' }],
    attributes: {},
    trait: {
      kind: 'reduction',
      axes: (at) => [at.input(0).shape.length - 1],
      reducer: { combine: 'add', each: (x) => scalar.binary('mul', scalar.binary('mul', x, x), x) },
    },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: at.input(0).shape.slice(0, -1) }],
  });
  const graph = new Graph('plugin');
  const x = graph.addInput('x', { dtype: 'float32', shape: [3, 5] });
  graph.addOutput('y', graph.addNode(op, [x]).output);
  const { plan } = compile(graph);
  expect(plan.hostNodes).toEqual([]);
  expect(plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []))).toMatchObject([
    { label: expect.stringMatching(/^reduce/) },
  ]);
});
