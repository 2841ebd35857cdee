// Constants that graphs have in common.

import { type Graph, hashConstant, sameConstant, type Value } from '@trtx/ir';

/** Of constants with the same bytes one stays. */
export function shareConstants(graph: Graph): void {
  const byHash = new Map<string, Value[]>();
  for (const value of graph.constants()) {
    const constant = value.constant!;
    const hash = hashConstant(constant);
    const known = byHash.get(hash) ?? [];
    const first = known.find((other) => sameConstant(other.constant!, constant));
    if (first) graph.replaceUses(value, first);
    else byHash.set(hash, [...known, value]);
  }
}
