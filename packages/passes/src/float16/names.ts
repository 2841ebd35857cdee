// What nodes are called where someone asks for some of them.

import { TrtxError } from '@trtx/errors';
import type { Graph, Node } from '@trtx/ir';

/** Names that are told of, where one is unknown. */
const NEAREST = 3;

/** A node's own name, its op, and its outputs. */
export function namesOf({ name, op, outputs }: Node): string[] {
  return [name, op.name, ...outputs.map((output) => output.name)];
}

/**
 * Fails at a name that no node of the graphs goes by, with those that are nearest.
 * @throws TrtxError FLOAT16_UNKNOWN
 */
export function requireNames(graphs: readonly Graph[], names: readonly string[]): void {
  const known = new Set(graphs.flatMap((graph) => [...graph.nodes].flatMap(namesOf)));
  const missing = names.find((name) => !known.has(name));
  if (missing === undefined) return;
  throw new TrtxError('FLOAT16_UNKNOWN', `no node, op or computed tensor is called ${missing}`, {
    details: nearest(missing, [...known]),
    hint: 'The nearest names are listed above, all of them by `trtx inspect`.',
  });
}

function nearest(name: string, known: readonly string[]): string[] {
  const far = new Map(known.map((one) => [one, distance(name.toLowerCase(), one.toLowerCase())]));
  return known.toSorted((a, b) => far.get(a)! - far.get(b)!).slice(0, NEAREST);
}

/** Letters to add, to take away or to change. Wagner and Fischer: "The string-to-string correction problem", 1974. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
