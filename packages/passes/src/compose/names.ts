// Names in graphs that become one.

import type { Graph, Node, Value } from '@trtx/ir';

/**
 * Gives nodes and inner values whose names an earlier graph has too the prefix of their graph.
 * @param inputs the names of the inputs of what the graphs become
 */
export function uniqueNames(graphs: readonly Graph[], prefixes: readonly string[], inputs: readonly string[]): void {
  const taken = { nodes: new Set<string>(), values: new Set(inputs) };
  graphs.forEach((graph, i) => {
    const nodes = [...graph.withBodies()].flatMap((each) => [...each.nodes]);
    const values = [...graph.withBodies()].flatMap((each) => valuesOf(each));
    let isRenamed = false;
    const claim = (items: readonly (Node | Value)[], names: Set<string>) => {
      for (const item of items)
        if (names.has(item.name)) {
          graph.rename(item, `${prefixes[i]}/${item.name}`);
          isRenamed = true;
        }
      for (const item of items) names.add(item.name);
    };
    claim(nodes, taken.nodes);
    // A graph's inputs get other values in their place.
    claim(
      values.filter((value) => !graph.inputs.includes(value)),
      taken.values,
    );
    // Sizes that only the run tells are named after nodes.
    if (isRenamed) graph.reinfer();
  });
}

function valuesOf(graph: Graph): Value[] {
  return [...graph.constants(), ...[...graph.nodes].flatMap(({ outputs }) => outputs)];
}
