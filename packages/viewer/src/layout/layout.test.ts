import { describe, expect, it } from 'vitest';
import { type Drawing, linksOf } from '../drawing.ts';
import type { Placed } from '../placed.ts';
import { drawingOf, randomDrawing, residualDrawing } from '../testing/drawings.ts';
import { layoutDrawing } from './layout.ts';

const key = ([from, to]: readonly [number, number]) => `${from}>${to}`;

/** Points along the lines as they are painted: upright, or an S between two heights. */
function pointsAlong(points: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 2; i < points.length; i += 2) {
    const [x0, y0, x1, y1] = points.slice(i - 2, i + 2) as [number, number, number, number];
    for (let t = 0.05; t < 1; t += 0.1) {
      const s = 1 - t;
      const middle = (y0 + y1) / 2;
      const bend = (a: number, b: number, c: number, d: number) =>
        s ** 3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t ** 3 * d;
      found.push([bend(x0, x0, x1, x1), bend(y0, middle, middle, y1)]);
    }
  }
  return found;
}

/** Everything that has to hold of any layout. */
function expectSound(drawing: Drawing, placed: Placed): void {
  const { boxes, edges, far, width, height } = placed;
  expect(boxes.length).toBe(drawing.nodes.length);
  expect([...edges.map(({ link }) => link), ...far].map(key).sort()).toEqual(linksOf(drawing).map(key).sort());
  const rows = [...boxes.keys()].sort((a, b) => boxes[a]![1] - boxes[b]![1]);
  rows.forEach((node, i) => {
    const [x, y, w, h] = boxes[node]!;
    expect(x >= 0 && y >= 0 && x + w <= width && y + h <= height, `node ${node} is inside`).toBe(true);
    for (let j = i + 1; j < rows.length && boxes[rows[j]!]![1] < y + h; j++) {
      const [ox, , ow] = boxes[rows[j]!]!;
      expect(x + w <= ox || ox + ow <= x, `nodes ${node} and ${rows[j]} are apart`).toBe(true);
    }
  });
  for (const { link, points } of edges) {
    const [[fx, fy, fw, fh], [tx, ty, tw]] = [boxes[link[0]]!, boxes[link[1]]!];
    const [first, last] = [points.slice(0, 2), points.slice(-2)] as [number[], number[]];
    expect(Math.abs(first[0]! - fx - fw / 2) + Math.abs(first[1]! - fy - fh), `edge ${link} begins`).toBeLessThan(3);
    expect(Math.abs(last[0]! - tx - tw / 2) + Math.abs(last[1]! - ty), `edge ${link} ends`).toBeLessThan(3);
    for (const [x, y] of pointsAlong(points)) {
      const hit = boxes.findIndex(([bx, by, bw, bh]) => x > bx + 1 && x < bx + bw - 1 && y > by + 2 && y < by + bh - 2);
      expect(hit, `edge ${link} meets a node`).toBe(-1);
    }
  }
}

describe('layoutDrawing', () => {
  it('puts a chain in one column', () => {
    const placed = layoutDrawing(drawingOf([[], [0], [1], [2]]));
    expect(new Set(placed.boxes.map(([x]) => x))).toEqual(new Set([0]));
    const gaps = placed.boxes.slice(1).map(([, y], i) => y - placed.boxes[i]![1] - placed.boxes[i]![3]);
    expect(gaps).toEqual([40, 40, 40]);
    expect(placed.edges.map(({ points }) => points.length)).toEqual([4, 4, 4]);
  });

  it.each([
    ['nothing', drawingOf([])],
    ['a node', drawingOf([[]])],
    ['nodes with nothing between them', drawingOf(Array.from({ length: 30 }, () => []))],
    ['one value for many', drawingOf([[], ...Array.from({ length: 900 }, () => [0])])],
    ['many values for one', drawingOf([...Array.from({ length: 30 }, () => []), [...Array(30).keys()]])],
    ['a value read twice', drawingOf([[], [0, 0]])],
    ['blocks', residualDrawing(20)],
    ['parts that are apart', drawingOf([[], [0], [], [2], [3], [0, 1]])],
    ['a way around all the rest', drawingOf([[], ...Array.from({ length: 20 }, (_, i) => [i]), [20, 0]])],
    ['a reader of a value that goes on', drawingOf([[], [0], [0], [2], [3], [4]])],
  ])('lays out %s', (_, drawing) => {
    expectSound(drawing, layoutDrawing(drawing));
  });

  it('lays out random graphs, with no line through a node', () => {
    for (let seed = 0; seed < 20; seed++) {
      const drawing = randomDrawing(5 + seed * 5, seed);
      expectSound(drawing, layoutDrawing(drawing));
    }
  });

  it('leaves lines out that would pass by much of a large graph, and makes room at their nodes to say so', () => {
    const long = drawingOf([[], ...Array.from({ length: 400 }, (_, i) => [i, 0])]);
    const placed = layoutDrawing(long);
    expectSound(long, placed);
    expect(placed.far.length).toBeGreaterThan(300);
    expect(placed.boxes[400]![3]).toBeGreaterThan(placed.boxes[1]![3]);
  });

  it('lays out what repeats once, and the same graph always the same', () => {
    const cache = new Map();
    const placed = layoutDrawing(residualDrawing(50), cache);
    expect(cache.size).toBeLessThan(8);
    expect(layoutDrawing(residualDrawing(50))).toEqual(placed);
  });

  it('lays out 10,000 nodes of a model in seconds, and 1,000 that are connected at random', () => {
    const start = performance.now();
    layoutDrawing(residualDrawing(2000));
    layoutDrawing(randomDrawing(1000, 1));
    expect(performance.now() - start).toBeLessThan(60_000);
  });
});
