// A node of control flow replaced by other values, for passes that change the graph themselves.

import type { Graph, Node, Value } from '@trtx/ir';

/** Makes every user of the node's outputs use the values, which take their names, and removes the node. */
export function replaceNode(graph: Graph, node: Node, values: readonly Value[]): void {
  const names = node.outputs.map(({ name }) => name);
  node.outputs.forEach((output, i) => {
    graph.replaceUses(output, values[i]!);
  });
  graph.removeNode(node);
  values.forEach((value, i) => {
    const isFirst = values.indexOf(value) === i;
    if (value.producer && isFirst && graph.nodes.has(value.producer)) graph.rename(value, names[i]!);
  });
}
