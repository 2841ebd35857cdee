// Constraints of a graph that is being rewritten. What a rewrite took to be equal has to be checked at each run, also when
// the node that asked for it is gone.

import { type Dim, type Sym, sameDim } from './dim.ts';
import { substitute } from './dim-visit.ts';
import type { Graph } from './graph.ts';
import { neededNodes } from './liveness.ts';

/**
 * Infers every node anew, and keeps the constraints that there were, those of bodies too.
 * @param renamed what stands for a symbol whose node is gone
 */
export function reinferKeeping(graph: Graph, renamed: (symbol: Sym) => Dim | undefined = () => undefined): void {
  const before = [...graph.withBodies()].map((each) => ({ each, constraints: [...each.constraints] }));
  graph.reinfer();
  for (const { each, constraints } of before)
    for (const { a, b, node } of constraints) {
      const now = { a: substitute(a, renamed), b: substitute(b, renamed), node };
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
