// Cuts a drawing into segments that are laid out each by itself, one below the other: between the blocks of a model mostly
// one value is under way. So the time is that of many small graphs, where that of one large graph would be quadratic.

import type { Link } from '../drawing.ts';

/** The layers of a segment, from `first` to `last`. */
export interface Segment {
  readonly first: number;
  readonly last: number;
}

export interface Cut {
  readonly segments: readonly Segment[];
  /** At most one of these leads from a segment to the next. */
  readonly near: readonly Link[];
  readonly far: readonly Link[];
}

/** Connections over more layers than that are far, where there are many layers to go through in all. */
const FAR = 24;
const MANY = 300;
/** The most nodes and passing connections of a segment. */
const MAX_SIZE = 400;

export function cut(layers: readonly number[], links: readonly Link[]): Cut {
  const span = ([from, to]: Link) => layers[to]! - layers[from]!;
  const passing = links.reduce((sum, link) => sum + span(link) - 1, 0);
  let near = passing > MANY ? links.filter((link) => span(link) <= FAR) : links;
  for (;;) {
    const crossing = crossings(layers, near);
    const segments = segmentsOf(crossing);
    const sizes = sizesOf(layers, crossing);
    const gaps = segments.flatMap((segment) => gapIn(segment, sizes, crossing) ?? []);
    if (gaps.length === 0) {
      const kept = new Set(near);
      return { segments, near, far: links.filter((link) => !kept.has(link)) };
    }
    near = near.filter(([from, to]) => !gaps.some((gap) => layers[from]! <= gap && gap < layers[to]!));
  }
}

/** How many connections lead from each layer, or one before it, to a later one. */
function crossings(layers: readonly number[], links: readonly Link[]): number[] {
  const changes = new Array<number>(layers.reduce((most, layer) => Math.max(most, layer), 0) + 1).fill(0);
  for (const [from, to] of links) {
    changes[layers[from]!]!++;
    changes[layers[to]!]!--;
  }
  let sum = 0;
  return changes.map((change) => {
    sum += change;
    return sum;
  });
}

function segmentsOf(crossing: readonly number[]): Segment[] {
  const segments: Segment[] = [];
  let first = 0;
  crossing.forEach((count, last) => {
    if (count > 1) return;
    segments.push({ first, last });
    first = last + 1;
  });
  return segments;
}

function sizesOf(layers: readonly number[], crossing: readonly number[]): number[] {
  const sizes = [...crossing];
  for (const layer of layers) sizes[layer]!++;
  return sizes;
}

/** Where a segment that is too large is best cut: in its middle half, where the fewest connections are. */
function gapIn({ first, last }: Segment, sizes: readonly number[], crossing: readonly number[]): number | undefined {
  const size = sizes.slice(first, last + 1).reduce((sum, each) => sum + each, 0);
  if (size <= MAX_SIZE || first === last) return undefined;
  const quarter = Math.floor((last - first) / 4);
  let best = first + quarter;
  for (let layer = best; layer < Math.max(last - quarter, best + 1); layer++)
    if (crossing[layer]! < crossing[best]!) best = layer;
  return best;
}
