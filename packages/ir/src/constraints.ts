// Constraints of a graph that is being rewritten. What a rewrite took to be equal has to be checked at each run, also when
// the node that asked for it is gone.

import { type Dim, floorDiv, type Sym, sameDim } from './dim.ts';
import { asSymbol, substitute } from './dim-visit.ts';
import type { Graph, Value } from './graph.ts';
import { neededNodes } from './liveness.ts';

/** Dims that stand for symbols whose nodes are gone, by the names of these. */
export type Renamed = Map<string, Dim>;

/** Sizes that the run of a node tells, among others: those of the tensor, and those that its elements are. */
export function sizesOf({ type, contents }: Value): readonly Dim[] {
  return [...type.shape, ...(contents?.values ?? [])];
}

/** Adds what stands for the symbols of a value, by the sizes of the one that takes its place. */
export function noteRenamed(renamed: Renamed, old: Value, by: Value): void {
  const sizes = sizesOf(by);
  sizesOf(old).forEach((dim, i) => {
    const own = asSymbol(dim);
    if (own) renamed.set(own.symbol.name, floorDiv(sizes[i]!, own.factor));
  });
}

/**
 * Infers every node anew, and keeps the constraints that there were, those of bodies too.
 * @param renamed what stands for symbols whose nodes are gone
 */
export function reinferKeeping(graph: Graph, renamed: Renamed = new Map()): void {
  const replace = ({ name }: Sym) => renamed.get(name);
  const before = [...graph.withBodies()].map((each) => ({ each, constraints: [...each.constraints] }));
  graph.reinfer();
  for (const { each, constraints } of before)
    for (const { a, b, node } of constraints) {
      const now = { a: substitute(a, replace), b: substitute(b, replace), node };
      if (!sameDim(now.a, now.b)) each.addConstraint(now);
    }
}

/** Drops what nodes ask for that no output depends on: it need not hold, as long as no rewrite took it to. */
export function forgetUnused(graph: Graph): void {
  for (const each of graph.withBodies()) {
    const needed = neededNodes(each);
    const unused = [...each.nodes].filter((node) => !needed.has(node));
    if (unused.length > 0) each.forgetConstraints(new Set(unused.map(({ name }) => name)));
  }
}
