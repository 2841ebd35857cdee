// Shape arithmetic that is left, because sizes are symbols, in as few nodes as say it: what exporters write as Shape, Gather,
// Unsqueeze and Concat around every Reshape and Expand is read from the shapes of the graph's inputs.

import { type Graph, isInteger, type Node, type Value } from '@trtx/ir';
import type { Patch } from '../../patch.ts';
import { definePass } from '../../rule.ts';
import { SizeSources, SizeSpeller } from './size-speller.ts';

export const spellSizes = definePass({
  name: 'spell-sizes',
  summary: 'sizes that are known as expressions of dims are computed from the shapes of inputs, in the fewest nodes',
  run({ graph, rewrite }) {
    const roots = rootsOf(graph);
    if (roots.length === 0) return;
    rewrite('fewer-nodes', roots[0]!.producer!, (patch) => respell(graph, roots, patch));
  },
});

/** True for nodes whose outputs are sizes: known, as dims, before the model runs. */
function isSizes({ op, outputs, bodies }: Node): boolean {
  if (op.tells || op.random || bodies.length > 0) return false;
  return outputs.every(({ type, contents }) => isInteger(type.dtype) && contents !== undefined);
}

/** Sizes that others than sizes are computed from, or that the graph gives, as far as they can be said in another way. */
function rootsOf(graph: Graph): Value[] {
  const roots: Value[] = [];
  for (const node of graph.topological()) {
    if (!isSizes(node)) continue;
    for (const value of node.outputs) {
      const { dims, values } = value.contents!;
      const isNumbers = values.every((dim) => typeof dim === 'number');
      // Numbers this large may stand for larger ones.
      const isExact = values.every((dim) => typeof dim !== 'number' || Math.abs(dim) < 2 ** 51);
      if (isNumbers || !isExact || dims.length > 1 || value.type.dtype !== 'int64') continue;
      if (graph.isOutput(value) || [...value.users.keys()].some((user) => !isSizes(user))) roots.push(value);
    }
  }
  return roots;
}

function respell(graph: Graph, roots: readonly Value[], patch: Patch): Patch | undefined {
  const sources = new SizeSources(graph);
  const speller = new SizeSpeller(patch, sources);
  const given = new Set<Value>();
  for (const root of roots) {
    const { dims, values } = root.contents!;
    const by = speller.spell(values, dims.length, sources.placeOf(root));
    if (!by) continue;
    patch.replace(root, by, `${roots.length} sizes`).covers(root.producer!);
    given.add(root);
  }
  const before = countNeeded(graph, new Set(), []);
  const after = countNeeded(graph, given, [...speller.read]) + patch.nodes.length;
  return after < before ? patch : undefined;
}

/** Nodes that the outputs of the graph depend on, where some values are given, and others are needed for them. */
function countNeeded(graph: Graph, given: ReadonlySet<Value>, needed: readonly Value[]): number {
  const seen = new Set<Node>();
  const stack = [...graph.outputs.map(({ value }) => value), ...needed];
  while (stack.length > 0) {
    const value = stack.pop()!;
    const node = value.producer;
    if (!node || given.has(value) || seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) if (input) stack.push(input);
  }
  return seen.size;
}
