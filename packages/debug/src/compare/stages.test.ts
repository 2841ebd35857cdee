import { cloneGraph, type Graph } from '@trtx/ir';
import { definePass, defineRule, optimize } from '@trtx/passes';
import { expect, it } from 'vitest';
import { referenceSubject } from '../subjects/reference.ts';
import { chainGraph, changed, tensor } from '../testing/models.ts';
import { compareStages, remembering } from './stages.ts';

const source = chainGraph();
const expected = referenceSubject(source);
const inputs = new Map([['x', tensor([4], (i) => i - 1.5)]]);

/** What a rule makes of the node that has this name. */
function rewritten(name: string, op: string): Graph {
  const graph = cloneGraph(source);
  const rule = defineRule({
    name: 'other',
    ops: (def) => def.name !== op,
    apply: (node, patch) =>
      node.name === name ? patch.replace(node.output, patch.node(op, [...node.inputs].slice(0, 1))) : undefined,
  });
  optimize(graph, { pipeline: [definePass({ name: 'planted', summary: 'other', rules: [rule] })] });
  return graph;
}

const stages = (optimized: Graph, wrong: Parameters<typeof changed>[1] = {}) => {
  const between = referenceSubject(optimized, { name: 'optimized' });
  return compareStages(changed(between, wrong, 'engine'), expected, inputs, {
    source,
    optimized,
    between,
    rtol: 1e-3,
    atol: 1e-4,
  });
};
const zero = () => tensor([4], () => 0);

it('blames kernels where the graph that passes left is right', async () => {
  const report = await stages(source, { u: zero, y: zero });
  expect(report).toMatchObject({ blame: 'kernels', withoutEffect: [] });
  expect(report.departures.map(({ name }) => name)).toEqual(['u']);
});

it('blames passes where a rule changes what an output is', async () => {
  const report = await stages(rewritten('square', 'Abs'));
  expect(report).toMatchObject({ blame: 'passes', kernels: { ok: true }, withoutEffect: [] });
  expect(report.departures.map(({ name }) => name)).toEqual(['t']);
  expect(await stages(rewritten('square', 'Abs'), { z: zero })).toMatchObject({ blame: 'both' });
});

it('blames nobody for a name that another tensor has, where the outputs are right', async () => {
  const graph = cloneGraph(source);
  // u = relu(s · s) is s · s, whatever is called t.
  const [square, relu] = ['square', 'relu'].map((name) => [...graph.nodes].find((node) => node.name === name)!);
  const other = graph.addNode(relu!.op, [square!.inputs[0]!]).output;
  graph.replaceUses(relu!.output, square!.output);
  graph.removeNode(relu!);
  graph.rename(square!.output, 'u');
  graph.rename(other, 't');
  expect(await stages(graph)).toMatchObject({ blame: 'neither', withoutEffect: ['t'], departures: [] });
});

it('computes once for the same inputs', async () => {
  let runs = 0;
  const values: typeof expected.values = (...args) => {
    runs++;
    return expected.values(...args);
  };
  const counted = remembering({ ...expected, values });
  await counted.values(inputs);
  await counted.values(inputs, ['t']);
  expect(runs).toBe(1);
  await counted.values(new Map(inputs));
  expect(runs).toBe(2);
});
