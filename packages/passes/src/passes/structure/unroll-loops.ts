// Loops whose number of iterations is known at build, written out.

import {
  constantFrom,
  type Graph,
  inlineBody,
  loopCounts,
  type Node,
  type OpRegistry,
  traitOf,
  type Value,
} from '@trtx/ir';
import { replaceNode } from '../../replace-node.ts';
import { definePass } from '../../rule.ts';

/** Nodes that a loop may become: past this, a loop is faster to compile, and no slower to run. */
const MAX_NODES = 512;

export const unrollLoops = definePass({
  name: 'unroll-loops',
  summary: `a loop with a known number of iterations, and at most ${MAX_NODES} nodes in all of them, is written out`,
  run({ graph, ops, record }) {
    for (const node of graph.topological()) {
      const trips = tripsOf(node);
      if (trips === undefined || trips * sizeOf(node.bodies[0]!) > MAX_NODES) continue;
      if (!record('counted', [node], `${trips} iterations`)) return;
      replaceNode(graph, node, unroll(graph, node, trips, ops));
    }
  },
});

/** The number of iterations, where it is known and nothing ends the loop before. */
function tripsOf(node: Node): number | undefined {
  if (node.bodies.length !== 1 || traitOf(node.op, node.view()).kind !== 'control') return undefined;
  const [trips, condition] = node.inputs;
  const count = trips?.contents?.values[0];
  const holds = (value: Value | null | undefined) => value?.contents?.values[0] === 1;
  if (typeof count !== 'number') return undefined;
  if (count <= 0 || condition?.contents?.values[0] === 0) return stackedOf(node) === 0 ? 0 : undefined;
  const [next] = node.bodies[0]!.outputs;
  return (!condition || holds(condition)) && holds(next?.value) ? count : undefined;
}

function stackedOf(node: Node): number {
  return loopCounts(node.view()).stacked;
}

function sizeOf(body: Graph): number {
  let size = 1;
  for (const { nodes } of body.withBodies()) size += nodes.size;
  return size;
}

function unroll(graph: Graph, node: Node, trips: number, ops: OpRegistry): Value[] {
  const { carried, stacked } = loopCounts(node.view());
  const values = node.inputs.slice(2) as Value[];
  const captured = values.slice(carried);
  let states = values.slice(0, carried);
  const rows: Value[][] = Array.from({ length: stacked }, () => []);
  const scalar = (dtype: 'int64' | 'bool', value: number) =>
    graph.addConstant(constantFrom(dtype, [], [value]), `${node.name}/${dtype === 'bool' ? 'condition' : 'iteration'}`);
  const add = (name: string, inputs: readonly Value[], attributes = {}) =>
    graph.addNode(ops.get(name)!, inputs, attributes, { name: `${node.name}/${name}`, origin: node.origin }).output;
  for (let i = 0; i < trips; i++) {
    const inputs = [scalar('int64', i), scalar('bool', 1), ...states, ...captured];
    const results = inlineBody(graph, node.bodies[0]!, inputs).slice(1);
    states = results.slice(0, carried);
    results.slice(carried).forEach((row, k) => {
      rows[k]!.push(row);
    });
  }
  const first = graph.addConstant(constantFrom('int64', [1], [0]), `${node.name}/axes`);
  const stacks = rows.map((list) =>
    add(
      'Concat',
      list.map((row) => add('Unsqueeze', [row, first])),
      { axis: 0 },
    ),
  );
  return [...states, ...stacks];
}
