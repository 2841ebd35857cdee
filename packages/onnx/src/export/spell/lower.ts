// A graph as an older opset can say it: each node that the opset lacks is spelled out, as often as it takes.

import { cloneGraph, type Graph, type Node, standardOps, type Value } from '@trtx/ir';
import { GraphEmitter } from './emitter.ts';
import { spellingsOf } from './index.ts';

/**
 * The graph for a file of the opset: itself where all of its nodes can stay, else a copy. What the opset lacks and nothing
 * spells out is still there.
 * @param avoid ops that are spelled out though the opset has them
 * @throws TrtxError ONNX_EXPORT, naming the node that cannot be spelled out
 */
export function lowerGraph(graph: Graph, opset: number, avoid?: ReadonlySet<string>): Graph {
  const graphs = [...graph.withBodies()];
  if (!graphs.some(({ nodes }) => [...nodes].some((node) => spellingsOf(node, opset, avoid).length > 0))) return graph;
  const copy = cloneGraph(graph);
  for (const each of [...copy.withBodies()]) lowerNodes(each, opset, avoid);
  return copy;
}

function lowerNodes(graph: Graph, opset: number, avoid: ReadonlySet<string> | undefined): void {
  const emitter = new GraphEmitter(graph, standardOps, opset);
  // What a spelling added comes before everything else, so that what is shared is spelled out when it is asked for again.
  const pending = graph.topological().reverse();
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (!graph.nodes.has(node)) continue;
    emitter.spell(node);
    const outputs = spelled(node, emitter, avoid);
    pending.push(...emitter.takeAdded().reverse());
    if (!outputs) continue;
    replace(graph, node, outputs);
    emitter.replaced(node, outputs);
  }
}

function spelled(node: Node, emitter: GraphEmitter, avoid?: ReadonlySet<string>): readonly Value[] | undefined {
  for (const { spell } of spellingsOf(node, emitter.opset, avoid)) {
    const outputs = spell(node, emitter);
    if (outputs) return outputs;
  }
  return undefined;
}

/** Puts values in the place of a node's outputs, whose names they take where they are new. */
function replace(graph: Graph, node: Node, values: readonly Value[]): void {
  const names = node.outputs.map(({ name }) => name);
  const inputs = new Set(node.inputs);
  node.outputs.forEach((old, i) => {
    if (values[i]) graph.replaceUses(old, values[i]);
  });
  removeUnused(graph, node);
  values.forEach((value, i) => {
    if (names[i] === undefined || !value.producer || inputs.has(value) || values.indexOf(value) !== i) return;
    graph.rename(value, names[i]);
  });
}

/** Removes a node, and what only it read. */
function removeUnused(graph: Graph, unused: Node): void {
  const pending = [unused];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (!graph.nodes.has(node) || node.outputs.some((output) => !graph.isUnused(output))) continue;
    graph.removeNode(node);
    for (const input of node.inputs) if (input?.producer) pending.push(input.producer);
  }
}
