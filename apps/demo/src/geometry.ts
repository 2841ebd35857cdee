/**
 * Plane geometry for text boxes: convex hull, the smallest rectangle around points, and growing it. Coordinates are
 * pixels, x to the right and y down, so "clockwise" is as seen on the screen.
 */

export interface Point {
  x: number;
  y: number;
}

/** Four corners, clockwise as seen on the screen: top left, top right, bottom right, bottom left. */
export type Quad = readonly [Point, Point, Point, Point];

/** A rectangle at any angle: its side `width` runs along the unit vector `axis`, its `height` across it. */
export interface RotatedRect {
  center: Point;
  axis: Point;
  width: number;
  height: number;
}

export const distance = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

export const midpoint = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Twice the area of the triangle; positive when o, a, b turn clockwise on the screen. */
const cross = (o: Point, a: Point, b: Point): number => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);

/** The corners of the convex hull, clockwise, without points on its edges (Andrew's monotone chain, 1979). */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const chain = (ordered: readonly Point[]) => {
    const hull: Point[] = [];
    for (const point of ordered) {
      while (hull.length >= 2 && cross(hull[hull.length - 2], hull[hull.length - 1], point) <= 0) hull.pop();
      hull.push(point);
    }
    return hull.slice(0, -1);
  };
  const hull = [...chain(sorted), ...chain(sorted.reverse())];
  return hull.length > 0 ? hull : sorted.slice(0, 1);
}

/**
 * The rectangle of least area around the points. One of its sides lies on an edge of the hull, so all edges are tried
 * (the idea of rotating calipers, Shamos 1978; the hulls here are so small that the extremes are simply searched).
 */
export function minAreaRect(points: readonly Point[]): RotatedRect {
  const hull = convexHull(points);
  let best = boundAlong(hull, { x: 1, y: 0 });
  hull.forEach((from, i) => {
    const to = hull[(i + 1) % hull.length];
    const length = distance(from, to);
    if (length === 0) return;
    const rect = boundAlong(hull, { x: (to.x - from.x) / length, y: (to.y - from.y) / length });
    if (rect.width * rect.height < best.width * best.height - 1e-9) best = rect;
  });
  return best;
}

/** The rectangle around the points with a side along the unit vector `axis`. */
function boundAlong(points: readonly Point[], axis: Point): RotatedRect {
  let minU = Infinity;
  let maxU = -Infinity;
  let minV = Infinity;
  let maxV = -Infinity;
  for (const { x, y } of points) {
    const u = x * axis.x + y * axis.y;
    const v = y * axis.x - x * axis.y;
    minU = Math.min(minU, u);
    maxU = Math.max(maxU, u);
    minV = Math.min(minV, v);
    maxV = Math.max(maxV, v);
  }
  const u = (minU + maxU) / 2;
  const v = (minV + maxV) / 2;
  const center = { x: u * axis.x - v * axis.y, y: u * axis.y + v * axis.x };
  return { center, axis, width: maxU - minU, height: maxV - minV };
}

/**
 * Moves every side outward by `area * ratio / perimeter`: the DB detector learns shrunken text regions, and this
 * undoes the shrinking (Liao et al., "Real-time Scene Text Detection with Differentiable Binarization", 2020).
 */
export function unclip(rect: RotatedRect, ratio: number): RotatedRect {
  const perimeter = 2 * (rect.width + rect.height);
  const offset = perimeter === 0 ? 0 : (rect.width * rect.height * ratio) / perimeter;
  return { ...rect, width: rect.width + 2 * offset, height: rect.height + 2 * offset };
}

/** The corners of a rectangle; the first is the top left one of the rectangle as it lies on the screen. */
export function rectCorners({ center, axis, width, height }: RotatedRect): Quad {
  const along = { x: (axis.x * width) / 2, y: (axis.y * width) / 2 };
  const across = { x: (-axis.y * height) / 2, y: (axis.x * height) / 2 };
  const corner = (u: number, v: number) => ({
    x: center.x + u * along.x + v * across.x,
    y: center.y + u * along.y + v * across.y,
  });
  return orderCorners([corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)]);
}

/**
 * Rotates the list of clockwise corners so that its first edge, the top one, is the one that points right the most.
 */
export function orderCorners(corners: Quad): Quad {
  const rightness = (i: number) => {
    const from = corners[i];
    const to = corners[(i + 1) % 4];
    return (to.x - from.x) / (distance(from, to) || 1);
  };
  let top = 0;
  for (let i = 1; i < 4; i++) if (rightness(i) > rightness(top) + 1e-9) top = i;
  return [corners[top], corners[(top + 1) % 4], corners[(top + 2) % 4], corners[(top + 3) % 4]];
}

/** Whether a point lies in the rectangle or on its edge. */
export function rectContains({ center, axis, width, height }: RotatedRect, { x, y }: Point): boolean {
  const dx = x - center.x;
  const dy = y - center.y;
  const u = Math.abs(dx * axis.x + dy * axis.y);
  const v = Math.abs(dy * axis.x - dx * axis.y);
  return u <= width / 2 + 1e-9 && v <= height / 2 + 1e-9;
}
