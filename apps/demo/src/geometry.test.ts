import { describe, expect, test } from 'vitest';
import { convexHull, minAreaRect, orderCorners, type Quad, rectContains, rectCorners, unclip } from './geometry.ts';

const turn = (x: number, y: number, degrees: number) => {
  const angle = (degrees * Math.PI) / 180;
  return { x: x * Math.cos(angle) - y * Math.sin(angle), y: x * Math.sin(angle) + y * Math.cos(angle) };
};

describe('convexHull', () => {
  test('drops inner points and points on edges', () => {
    const points = [0, 1, 2, 3].flatMap((x) => [0, 1, 2].map((y) => ({ x, y })));
    const hull = convexHull(points);
    expect(hull).toHaveLength(4);
    expect(hull).toEqual(
      expect.arrayContaining([
        { x: 0, y: 0 },
        { x: 3, y: 0 },
        { x: 3, y: 2 },
        { x: 0, y: 2 },
      ]),
    );
  });

  test('of a point and of a line', () => {
    expect(convexHull([{ x: 1, y: 2 }])).toEqual([{ x: 1, y: 2 }]);
    expect(
      convexHull([
        { x: 0, y: 0 },
        { x: 2, y: 2 },
        { x: 1, y: 1 },
      ]),
    ).toEqual([
      { x: 0, y: 0 },
      { x: 2, y: 2 },
    ]);
  });
});

describe('minAreaRect', () => {
  test.each([-80, -45, -8, 0, 3, 30, 45, 90])('finds a rectangle of 100 x 20 turned by %d degrees', (degrees) => {
    const points = [];
    for (let x = -50; x <= 50; x += 5) for (let y = -10; y <= 10; y += 5) points.push(turn(x, y, degrees));
    const rect = minAreaRect(points.map(({ x, y }) => ({ x: x + 300, y: y + 200 })));
    expect(rect.center.x).toBeCloseTo(300);
    expect(rect.center.y).toBeCloseTo(200);
    expect(Math.max(rect.width, rect.height)).toBeCloseTo(100);
    expect(Math.min(rect.width, rect.height)).toBeCloseTo(20);
    for (const point of points) expect(rectContains(rect, { x: point.x + 300, y: point.y + 200 })).toBe(true);
  });

  test('of a single point has no size', () => {
    expect(minAreaRect([{ x: 4, y: 5 }])).toMatchObject({ center: { x: 4, y: 5 }, width: 0, height: 0 });
  });
});

describe('rectCorners', () => {
  test.each([-40, -10, 0, 10, 40])('starts at the top left of a wide rectangle turned by %d degrees', (degrees) => {
    for (const offset of [0, 90, 180, 270]) {
      const axis = turn(1, 0, degrees + offset);
      const [width, height] = offset % 180 === 0 ? [100, 20] : [20, 100];
      const [topLeft, topRight, bottomRight, bottomLeft] = rectCorners({ center: { x: 0, y: 0 }, axis, width, height });
      expect(topLeft.x).toBeCloseTo(turn(-50, -10, degrees).x);
      expect(topLeft.y).toBeCloseTo(turn(-50, -10, degrees).y);
      expect(topRight.x).toBeCloseTo(turn(50, -10, degrees).x);
      expect(bottomRight.y).toBeCloseTo(turn(50, 10, degrees).y);
      expect(bottomLeft.x).toBeCloseTo(turn(-50, 10, degrees).x);
    }
  });

  test('orderCorners keeps the turning sense', () => {
    const quad: Quad = [
      { x: 9, y: 5 },
      { x: 0, y: 5 },
      { x: 0, y: 0 },
      { x: 10, y: 0 },
    ];
    expect(orderCorners(quad)).toEqual([quad[2], quad[3], quad[0], quad[1]]);
  });
});

test('unclip moves each side out by area * ratio / perimeter', () => {
  const rect = { center: { x: 5, y: 5 }, axis: { x: 1, y: 0 }, width: 30, height: 10 };
  expect(unclip(rect, 1.6)).toEqual({ ...rect, width: 42, height: 22 });
  expect(unclip({ ...rect, width: 0, height: 0 }, 1.6)).toMatchObject({ width: 0, height: 0 });
});
