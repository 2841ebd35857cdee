// Codes that several nodes read, each of which is to make numbers of them for itself: a group computes what it alone reads.

import type { Graph, Node, Value } from '@trtx/ir';
import { codeMatrix, pathFromCodes } from '../group/codes.ts';

/** Gives each contraction that can read codes the nodes to itself that make numbers of them. */
export function ownCodes(graph: Graph): void {
  for (const node of graph.topological())
    for (const input of node.inputs.keys()) if (codeMatrix(node, input)) own(graph, node, input);
}

function own(graph: Graph, node: Node, input: number): void {
  const path = pathFromCodes(node.inputs[input]!)!;
  if (path.every((value) => value.users.size === 1 && !graph.isOutput(value))) return;
  const copies = new Map<Value | null, Value>();
  for (const value of path) {
    const { op, attributes, inputs, name, origin } = value.producer!;
    const operands = inputs.map((operand) => copies.get(operand) ?? operand);
    copies.set(value, graph.addNode(op, operands, attributes, { name: `${name}/own`, origin }).output);
  }
  graph.setInput(node, input, copies.get(path.at(-1)!)!);
  // What nobody reads any more would be computed all the same.
  for (const value of path.toReversed()) if (graph.isUnused(value)) graph.removeNode(value.producer!);
}
