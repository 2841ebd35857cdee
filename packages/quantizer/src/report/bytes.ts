// What constants take.

import { byteLength, type Constant, elementCount, type Graph } from '@trtx/ir';

/** Bytes of a constant, as a file has them; of strings, none. */
export function bytesOf({ dtype, dims }: Pick<Constant, 'dtype' | 'dims'>): number {
  return byteLength(dtype, elementCount(dims));
}

/** Bytes of all constants of a graph and its bodies, each counted once. */
export function constantBytes(graph: Graph): number {
  const found = new Set<Constant>();
  for (const each of graph.withBodies()) for (const { constant } of each.constants()) found.add(constant!);
  return [...found].reduce((sum, constant) => sum + bytesOf(constant), 0);
}
