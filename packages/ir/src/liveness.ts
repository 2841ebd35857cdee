// Which nodes of a graph are needed: by its outputs, or because they tell sizes that have to be checked.

import type { Sym } from './dim.ts';
import { symbolsOf } from './dim-visit.ts';
import type { Graph, Node, Value } from './graph.ts';

/** The nodes that graph outputs depend on, and `roots` with what these depend on. */
export function neededNodes({ outputs }: Graph, roots: Iterable<Node> = []): Set<Node> {
  const needed = new Set<Node>();
  const stack: (Node | null | undefined)[] = [...outputs.map(({ value }) => value.producer), ...roots];
  while (stack.length > 0) {
    const node = stack.pop();
    if (!node || needed.has(node)) continue;
    needed.add(node);
    for (const input of node.inputs) stack.push(input?.producer);
  }
  return needed;
}

/** Removes every node of `deadNodes`. Returns how many. */
export function removeDead(graph: Graph): number {
  const dead = new Set(deadNodes(graph));
  for (const node of graph.topological().reverse()) if (dead.has(node)) graph.removeNode(node);
  return dead.size;
}

/** Nodes on which neither a graph output nor a size in a constraint depends. */
export function deadNodes(graph: Graph): Node[] {
  const nodes = [...graph.nodes];
  const telling = nodes.filter((node) => tellsConstrained(graph, node));
  const needed = neededNodes(graph, telling);
  return nodes.filter((node) => !needed.has(node));
}

/** True where a constraint names a size that only this node tells: nobody could check it without the node. */
export function tellsConstrained(graph: Graph, node: Node): boolean {
  const own = symbolsIn(node.outputs);
  if (own.size > 0) for (const name of symbolsIn(node.inputs).keys()) own.delete(name);
  if (own.size === 0) return false;
  for (const { constraints } of graph.withBodies())
    for (const { a, b } of constraints)
      for (const name of symbolsOf(b, symbolsOf(a)).keys()) if (own.has(name)) return true;
  return false;
}

function symbolsIn(values: readonly (Value | null)[]): Map<string, Sym> {
  const found = new Map<string, Sym>();
  for (const value of values) {
    for (const dim of value?.type.shape ?? []) symbolsOf(dim, found);
    for (const dim of value?.contents?.values ?? []) symbolsOf(dim, found);
  }
  return found;
}
