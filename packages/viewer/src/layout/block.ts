// The layout of one segment: dagre's layers and order, and connections that bend between the layers only.

import { graphlib, layout } from '@dagrejs/dagre';
import type { Link } from '../drawing.ts';

/** A segment by itself: its nodes counted from 0. */
export interface Block {
  readonly sizes: readonly (readonly [width: number, height: number])[];
  readonly links: readonly Link[];
  /** The node that reads what comes from above, or 'through' where that goes on below. */
  readonly entry?: number | 'through';
  /** The node that what goes on below comes from, and how many layers are below it. */
  readonly exit?: { readonly node: number; readonly below: number };
}

export interface PlacedBlock {
  readonly width: number;
  readonly height: number;
  readonly corners: readonly (readonly [x: number, y: number])[];
  /** As the links, points by turns x and y. */
  readonly lines: readonly (readonly number[])[];
  /** From the upper edge of the block. */
  readonly entry?: readonly number[];
  /** To the lower edge. */
  readonly exit?: readonly number[];
}

export const GAP = { layer: 40, node: 24, line: 14 } as const;
/** Nodes that nothing connects stand in rows of so many. */
const ROW = 8;

export function placeBlock(block: Block): PlacedBlock {
  return block.links.length === 0 && block.sizes.length > 1 && block.entry === undefined && block.exit === undefined
    ? rows(block)
    : layered(block);
}

function rows({ sizes }: Block): PlacedBlock {
  const [width, height] = [Math.max(...sizes.map(([w]) => w)), Math.max(...sizes.map(([, h]) => h))];
  const place = (count: number, size: number, gap: number) => count * (size + gap) - gap;
  return {
    width: place(Math.min(ROW, sizes.length), width, GAP.node),
    height: place(Math.ceil(sizes.length / ROW), height, GAP.node),
    corners: sizes.map((_, i) => [(i % ROW) * (width + GAP.node), Math.floor(i / ROW) * (height + GAP.node)]),
    lines: [],
  };
}

function layered({ sizes, links, entry, exit }: Block): PlacedBlock {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', ranksep: GAP.layer, nodesep: GAP.node, edgesep: GAP.line });
  sizes.forEach(([width, height], i) => {
    graph.setNode(String(i), { width, height });
  });
  for (const [from, to] of links) graph.setEdge(String(from), String(to), {});
  const open = { width: 1, height: 1 };
  if (entry !== undefined) graph.setNode('entry', { ...open });
  if (exit || entry === 'through') graph.setNode('exit', { ...open });
  if (entry !== undefined) graph.setEdge('entry', entry === 'through' ? 'exit' : String(entry), {});
  if (exit) graph.setEdge(String(exit.node), 'exit', { minlen: exit.below + 1 });
  layout(graph);

  const at = (name: string) => graph.node(name) as { x: number; y: number; height: number };
  // Half the height of each layer, by where its middle is. What is above and below the block has a layer of its own each,
  // which is only there for the order of the others.
  const half = new Map<number, number>();
  sizes.forEach(([, height], i) => {
    const { y } = at(String(i));
    half.set(y, Math.max(half.get(y) ?? 0, height / 2));
  });
  const top = Math.min(...[...half].map(([y, h]) => y - h));
  const bottom = Math.max(...[...half].map(([y, h]) => y + h));
  const line = (from: string, to: string): number[] => {
    const { points } = graph.edge(from, to) as { points: { x: number; y: number }[] };
    const [start, end] = [at(from), at(to)];
    // The first and the last point are where dagre meets the nodes; those between are in layers that the line passes.
    const passed = points
      .slice(1, -1)
      .filter(({ y }) => half.has(y) && y > start.y && y < end.y)
      .flatMap(({ x, y }) => [x, y - half.get(y)!, x, y + half.get(y)!]);
    if (from !== 'entry') passed.unshift(start.x, start.y + start.height / 2, start.x, start.y + half.get(start.y)!);
    if (to !== 'exit') passed.push(end.x, end.y - half.get(end.y)!, end.x, end.y - end.height / 2);
    if (from === 'entry') passed.unshift(passed[0] ?? start.x, top);
    if (to === 'exit') passed.push(passed.at(-2)!, bottom);
    return straightened(passed.map((each, i) => (i % 2 === 0 ? each : each - top)));
  };
  return {
    width: (graph.graph() as { width: number }).width,
    height: bottom - top,
    corners: sizes.map(([w, h], i) => {
      const { x, y } = at(String(i));
      return [x - w / 2, y - h / 2 - top];
    }),
    lines: links.map(([from, to]) => line(String(from), String(to))),
    ...(entry === undefined ? {} : { entry: line('entry', entry === 'through' ? 'exit' : String(entry)) }),
    ...(exit ? { exit: line(String(exit.node), 'exit') } : {}),
  };
}

/** Without points that are on the straight, upright way between their neighbours. */
export function straightened(points: readonly number[]): number[] {
  const kept: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    const n = kept.length;
    if (n >= 2 && kept[n - 2] === x && kept[n - 1] === y) continue;
    if (n >= 4 && kept[n - 2] === x && kept[n - 4] === x) kept[n - 1] = y;
    else kept.push(x, y);
  }
  return kept;
}
