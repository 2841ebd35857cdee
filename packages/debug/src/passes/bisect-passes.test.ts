import { type Graph, parseGraph, standardOps, type Tensor } from '@trtx/ir';
import { definePass, defineRule, PIPELINES } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { expect, it } from 'vitest';
import { differsFrom, type Prepare, runOnce } from '../check.ts';
import { bisectPasses, type PassStep } from './bisect-passes.ts';

const graph = parseGraph(
  `graph g
    input x: float32[4]
    a = Identity(x) as copy
    b = Relu(a) as relu
    c = Neg(b) as minus
    d = Neg(c) as again
    e = Exp(d) as power
    y = Tanh(e) as bend
    output y`,
  standardOps,
);
const x: Tensor = { dtype: 'float32', dims: [4], data: Float32Array.of(-1, 0, 0.5, 1) };
const inputs = new Map([['x', x]]);
const reference: Prepare = async (given: Graph) => new ReferenceRunner(given);
const check = async () => {
  const expected = await runOnce(reference, graph, inputs);
  return differsFrom(reference, expected, { rtol: 1e-4, atol: 1e-4 });
};

const bent = defineRule({
  name: 'tanh-as-sigmoid',
  ops: ['Tanh'],
  apply: (node, patch) => patch.replace(node.output, patch.node('Sigmoid', [node.inputs[0]!]), 'planted'),
});
const planted = definePass({ name: 'planted', summary: 'wrong', rules: [bent] });

it('names the change, and what to skip', async () => {
  const steps: PassStep[] = [];
  const pipeline = [...PIPELINES[2], planted];
  const fault = await bisectPasses(graph, inputs, await check(), { pipeline, onStep: (step) => steps.push(step) });
  expect(fault).toMatchObject({
    firing: { pass: 'planted', rule: 'tanh-as-sigmoid', nodes: ['bend'], origins: ['bend'] },
    skip: 'planted/tanh-as-sigmoid',
    confirmed: true,
    checks: steps.length,
  });
  expect(fault.changes).toBeGreaterThan(1);
  expect(steps.at(-1)).toMatchObject({ fails: false });
  expect(graph.nodes.size).toBe(6);
});

it('names a pass that is a function as a whole', async () => {
  const own = definePass({
    name: 'own',
    summary: 'wrong',
    run({ graph: given, rewrite }) {
      for (const node of given.topological())
        rewrite('any', node, (patch) => (node.op.name === 'Tanh' ? bent.apply(node, patch) : undefined));
    },
  });
  const fault = await bisectPasses(graph, inputs, await check(), { pipeline: [own, ...PIPELINES[1]] });
  expect(fault).toMatchObject({ firing: { step: 1, pass: 'own', rule: 'any' }, skip: 'own', confirmed: true });
});

it('does not confirm where something else fails too', async () => {
  const second = defineRule({
    ...bent,
    name: 'exp-as-neg',
    ops: ['Exp'],
    apply: (node, patch) => patch.replace(node.output, patch.node('Neg', [node.inputs[0]!]), 'planted'),
  });
  const both = definePass({ name: 'both', summary: 'wrong', rules: [bent, second] });
  const fault = await bisectPasses(graph, inputs, await check(), { pipeline: [both] });
  expect(fault).toMatchObject({ firing: { rule: 'exp-as-neg' }, confirmed: false });
});

it('says that passes are not to blame', async () => {
  await expect(bisectPasses(graph, inputs, await check())).rejects.toMatchObject({ code: 'CHECK_NEVER_FAILS' });
  await expect(bisectPasses(graph, inputs, async () => true)).rejects.toMatchObject({ code: 'CHECK_ALWAYS_FAILS' });
});
