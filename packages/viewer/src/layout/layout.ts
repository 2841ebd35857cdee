// Places a drawing: layers, segments, a layout of each segment, and these one below the other.

import { type Drawing, type Link, linksOf } from '../drawing.ts';
import { type Box, END_HEIGHT, FAR_HEIGHT, NODE_HEIGHT, NODE_WIDTH, type Placed, type PlacedEdge } from '../placed.ts';
import { type Block, GAP, type PlacedBlock, placeBlock, straightened } from './block.ts';
import { layersOf } from './layers.ts';
import { cut } from './segments.ts';

/** Layouts by what was laid out: blocks of a model are like each other. */
export type LayoutCache = Map<string, PlacedBlock>;

/**
 * Places the nodes in layers from top to bottom, with connections that overlap no node. Deterministic.
 * @param cache may be shared by drawings that are like each other
 */
export function layoutDrawing(drawing: Drawing, cache: LayoutCache = new Map()): Placed {
  const links = linksOf(drawing);
  const layers = layersOf(drawing.nodes.length, links);
  const { segments, near, far } = cut(layers, links);
  const sizes = sizesOf(drawing, far);
  const segmentOf = new Map<number, number>();
  segments.forEach(({ first, last }, i) => {
    for (let layer = first; layer <= last; layer++) segmentOf.set(layer, i);
  });
  const home = layers.map((layer) => segmentOf.get(layer)!);
  const parts = segments.map((segment): Part => ({ ...segment, nodes: [], links: [] }));
  home.forEach((segment, node) => {
    parts[segment]!.nodes.push(node);
  });
  for (const link of near) {
    const [first, last] = [home[link[0]]!, home[link[1]]!];
    if (first === last) parts[first]!.links.push(link);
    for (let i = first; i < last; i++) {
      parts[i]!.exit = link;
      parts[i + 1]!.entry = link;
    }
  }
  return stacked(parts, { count: drawing.nodes.length, sizes, layers, far, cache });
}

/** A segment of a drawing. */
interface Part {
  readonly first: number;
  readonly last: number;
  readonly nodes: number[];
  readonly links: Link[];
  /** The connections with the segments above and below. */
  entry?: Link;
  exit?: Link;
}

interface Stack {
  readonly count: number;
  readonly sizes: readonly (readonly [number, number])[];
  readonly layers: readonly number[];
  readonly far: readonly Link[];
  readonly cache: LayoutCache;
}

/** What goes into a part from above stands on one line for all parts, from which the model hangs as from a thread. */
function stacked(parts: readonly Part[], { count, sizes, layers, far, cache }: Stack): Placed {
  const boxes = new Array<Box>(count);
  const edges: { link: Link; points: number[] }[] = [];
  const passing = new Map<Link, number[]>();
  let top = 0;
  /** Where what leads to the next part leaves this one. */
  let from = 0;
  for (const part of parts) {
    const placed = place(part, sizes, layers, cache);
    const below = part.exit === part.entry ? placed.entry : placed.exit;
    const left = -(placed.entry?.[0] ?? below?.at(-2) ?? placed.width / 2);
    if (top > 0) top += GAP.layer + (placed.entry ? Math.min(GAP.layer, Math.abs(from) / 8) : 0);
    const moved = (points: readonly number[]) => points.map((at, i) => at + (i % 2 === 0 ? left : top));
    part.nodes.forEach((node, i) => {
      const [x, y] = placed.corners[i]!;
      boxes[node] = [x + left, y + top, ...sizes[node]!];
    });
    part.links.forEach((link, i) => {
      edges.push({ link, points: moved(placed.lines[i]!) });
    });
    if (placed.entry) passing.get(part.entry!)!.push(...moved(placed.entry));
    if (part.exit && part.exit !== part.entry) {
      passing.set(part.exit, moved(placed.exit!));
      edges.push({ link: part.exit, points: passing.get(part.exit)! });
    }
    top += placed.height;
    from = below ? left + below.at(-2)! : 0;
  }
  return rounded(boxes, edges, far);
}

function place(part: Part, sizes: Stack['sizes'], layers: readonly number[], cache: LayoutCache): PlacedBlock {
  const local = new Map(part.nodes.map((node, i) => [node, i]));
  const through = part.entry !== undefined && part.entry === part.exit;
  const block: Block = {
    sizes: part.nodes.map((node) => sizes[node]!),
    links: part.links.map(([from, to]) => [local.get(from)!, local.get(to)!]),
    ...(part.entry ? { entry: through ? 'through' : local.get(part.entry[1])! } : {}),
    ...(part.exit && !through
      ? { exit: { node: local.get(part.exit[0])!, below: part.last - layers[part.exit[0]]! } }
      : {}),
  };
  const key = JSON.stringify(block);
  const placed = cache.get(key) ?? placeBlock(block);
  cache.set(key, placed);
  return placed;
}

function sizesOf({ nodes }: Drawing, far: readonly Link[]): (readonly [number, number])[] {
  const above = new Set(far.map(([, to]) => to));
  const below = new Set(far.map(([from]) => from));
  return nodes.map(({ end }, node) => {
    const lines = Number(above.has(node)) + Number(below.has(node));
    return [NODE_WIDTH, (end ? END_HEIGHT : NODE_HEIGHT) + lines * FAR_HEIGHT];
  });
}

/** In whole pixels, from 0. */
function rounded(boxes: readonly Box[], edges: readonly PlacedEdge[], far: readonly Link[]): Placed {
  let [left, right, bottom] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const [x] of boxes) left = Math.min(left, x);
  for (const { points } of edges) for (let i = 0; i < points.length; i += 2) left = Math.min(left, points[i]!);
  if (boxes.length === 0) left = 0;
  for (const [x, y, width, height] of boxes) {
    right = Math.max(right, x - left + width);
    bottom = Math.max(bottom, y + height);
  }
  for (const { points } of edges) for (let i = 0; i < points.length; i += 2) right = Math.max(right, points[i]! - left);
  return {
    width: Math.ceil(right),
    height: Math.ceil(bottom),
    boxes: boxes.map(([x, y, width, height]) => [Math.round(x - left), Math.round(y), width, height]),
    edges: edges.map(({ link, points }) => ({
      link,
      points: straightened(points.map((at, i) => Math.round(i % 2 === 0 ? at - left : at))),
    })),
    far,
  };
}
