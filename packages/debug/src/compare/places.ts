// Where tensors are in a graph: in data order, with the nodes that give them.

import type { Graph, Tensors } from '@trtx/ir';

export interface Place {
  readonly name: string;
  /** Nodes of the source model. */
  readonly nodes: readonly string[];
  /** Whether an output of the graph is called so. */
  readonly isOutput: boolean;
}

/** What the graph and its bodies compute, then what else is called by one of `others`; graph inputs are left out. */
export function placesIn(graph: Graph, others: readonly string[], inputs: Tensors): Place[] {
  const places = new Map<string, Place>();
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const add = (name: string, nodes: readonly string[]) => {
    if (!places.has(name) && (!inputs.has(name) || outputs.has(name)))
      places.set(name, { name, nodes, isOutput: outputs.has(name) });
  };
  for (const each of graph.withBodies())
    for (const node of each.topological()) {
      for (const value of node.outputs) {
        for (const { name } of each === graph ? graph.outputs.filter((output) => output.value === value) : [])
          add(name, node.origin);
        add(value.name, node.origin);
      }
    }
  for (const { name, value } of graph.outputs) add(name, value.producer?.origin ?? []);
  for (const name of others) add(name, []);
  return [...places.values()];
}
