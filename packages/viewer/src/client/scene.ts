// A placed drawing made ready for looking things up: what is in a strip of it, what is at a point, what is connected.

import type { Link } from '../drawing.ts';
import type { PageDrawing } from '../page-data.ts';
import type { PlacedEdge } from '../placed.ts';
import type { Point } from './camera.ts';

const STRIP = 600;

interface Strip {
  readonly nodes: number[];
  readonly edges: PlacedEdge[];
}

export class Scene {
  readonly #strips = new Map<number, Strip>();
  readonly #links = new Map<number, Link[]>();
  readonly #far = new Map<number, readonly [number, number]>();

  constructor(readonly drawing: PageDrawing) {
    const { boxes, edges, far } = drawing.placed;
    boxes.forEach(([, y, , height], node) => {
      for (const strip of this.#within(y, y + height)) strip.nodes.push(node);
    });
    for (const edge of edges)
      for (const strip of this.#within(edge.points[1]!, edge.points.at(-1)!)) strip.edges.push(edge);
    for (const link of [...edges.map((edge) => edge.link), ...far])
      for (const node of link) this.#links.set(node, [...(this.#links.get(node) ?? []), link]);
    for (const [from, to] of far) {
      const [above, below] = this.farOf(from);
      this.#far.set(from, [above, below + 1]);
      const [aboveTo, belowTo] = this.farOf(to);
      this.#far.set(to, [aboveTo + 1, belowTo]);
    }
  }

  /** How many far connections a node has from above and to below. */
  farOf(node: number): readonly [above: number, below: number] {
    return this.#far.get(node) ?? [0, 0];
  }

  /** Nodes and edges that are at least partly between two heights. */
  between(
    top: number,
    bottom: number,
  ): { readonly nodes: ReadonlySet<number>; readonly edges: ReadonlySet<PlacedEdge> } {
    const nodes = new Set<number>();
    const edges = new Set<PlacedEdge>();
    for (let i = Math.floor(top / STRIP); i <= Math.floor(bottom / STRIP); i++) {
      const strip = this.#strips.get(i);
      for (const node of strip?.nodes ?? []) nodes.add(node);
      for (const edge of strip?.edges ?? []) edges.add(edge);
    }
    return { nodes, edges };
  }

  nodeAt({ x, y }: Point): number | undefined {
    for (const node of this.between(y, y).nodes) {
      const [left, top, width, height] = this.drawing.placed.boxes[node]!;
      if (x >= left && x <= left + width && y >= top && y <= top + height) return node;
    }
    return undefined;
  }

  linksOf(node: number): readonly Link[] {
    return this.#links.get(node) ?? [];
  }

  center(node: number): Point {
    const [x, y, width, height] = this.drawing.placed.boxes[node]!;
    return { x: x + width / 2, y: y + height / 2 };
  }

  /** The next node in a direction: along connections up and down, else to the side. */
  neighbour(node: number, direction: 'up' | 'down' | 'left' | 'right'): number | undefined {
    const here = this.center(node);
    if (direction === 'up' || direction === 'down') {
      const near = this.linksOf(node).flatMap(([from, to]) =>
        direction === 'up' ? (to === node ? [from] : []) : from === node ? [to] : [],
      );
      return nearest(near, (other) => distance(here, this.center(other)));
    }
    const [, top, , height] = this.drawing.placed.boxes[node]!;
    const beside = [...this.between(top, top + height).nodes].filter((other) => {
      const { x, y } = this.center(other);
      return Math.abs(y - here.y) < height && (direction === 'left' ? x < here.x : x > here.x);
    });
    return nearest(beside, (other) => Math.abs(this.center(other).x - here.x));
  }

  #within(top: number, bottom: number): Strip[] {
    const strips: Strip[] = [];
    for (let i = Math.floor(top / STRIP); i <= Math.floor(bottom / STRIP); i++) {
      let strip = this.#strips.get(i);
      if (!strip) {
        strip = { nodes: [], edges: [] };
        this.#strips.set(i, strip);
      }
      strips.push(strip);
    }
    return strips;
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function nearest(nodes: readonly number[], far: (node: number) => number): number | undefined {
  let best: number | undefined;
  for (const node of nodes) if (best === undefined || far(node) < far(best)) best = node;
  return best;
}
