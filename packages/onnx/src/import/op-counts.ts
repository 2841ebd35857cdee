// Every op of a model, with its versions: of the main graph, of functions as often as they are called, and of the bodies
// of control flow. Whether the model can be imported makes no difference.

import type { SourceGraph } from '../source/nodes.ts';
import { withBodies } from '../source/read.ts';

/** Nodes of one op in one version. */
export interface OpCount {
  readonly op: string;
  /** '' for the default domain. */
  readonly domain: string;
  /** Opset version of the domain, as the model or the function imports it. */
  readonly version: number;
  readonly count: number;
  /** How many of them are in bodies of control flow. */
  readonly inBodies: number;
}

/** The ops in order of first appearance. */
export function countOps(source: SourceGraph): OpCount[] {
  const counts = new Map<string, { -readonly [K in keyof OpCount]: OpCount[K] }>();
  for (const graph of withBodies(source))
    for (const { op, domain, version } of graph.nodes) {
      const id = JSON.stringify([domain, op, version]);
      const entry = counts.get(id) ?? { op, domain, version, count: 0, inBodies: 0 };
      entry.count++;
      if (graph !== source) entry.inBodies++;
      counts.set(id, entry);
    }
  return [...counts.values()];
}
