// Nodes sorted so that each comes after those that it reads.

import { TrtxError } from '@trtx/errors';

/** What a node reads. */
interface Reader<N> {
  readonly name: string;
  readonly inputList: readonly ({ readonly producer: N | null } | null)[];
}

/**
 * Nodes of a graph in data order; those that do not depend on one another stay in their order as far as possible.
 * @throws TrtxError GRAPH_CYCLE
 */
export function inDataOrder<N extends Reader<N>>(nodes: Iterable<N>): N[] {
  const order: N[] = [];
  const state = new Map<N, number>();
  for (const root of nodes) {
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const next = state.get(node) ?? 0;
      if (next > node.inputList.length) {
        stack.pop();
        continue;
      }
      state.set(node, next + 1);
      if (next === node.inputList.length) {
        order.push(node);
        stack.pop();
        continue;
      }
      const producer = node.inputList[next]?.producer;
      if (!producer) continue;
      const seen = state.get(producer);
      if (seen === undefined) stack.push(producer);
      else if (seen <= producer.inputList.length)
        throw new TrtxError('GRAPH_CYCLE', 'the graph has a cycle', { node: producer.name });
    }
  }
  return order;
}
