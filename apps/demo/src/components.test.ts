import { expect, test } from 'vitest';
import { connectedComponents, outline } from './components.ts';
import { convexHull } from './geometry.ts';

/** Labels each component with a letter, so that the result can be compared as a picture. */
function label(map: string[]): string[] {
  const [{ length: width }] = map;
  const flat = map.join('');
  const result = map.map((row) => [...row].map(() => '.'));
  connectedComponents(width, map.length, (i) => flat[i] === '#').forEach((component, i) => {
    for (const { y, from, to } of component) result[y].fill(String.fromCharCode(97 + i), from, to);
  });
  return result.map((row) => row.join(''));
}

test('components are 8-connected', () => {
  expect(label(['#.#.#', '.#...', '....#'])).toEqual(['a.a.b', '.a...', '....c']);
});

test('arms that meet only in a later row are one component', () => {
  expect(label(['#.#.#.#', '#.#.#.#', '#.###.#', '#.....#', '#######'])).toEqual([
    'a.b.b.a',
    'a.b.b.a',
    'a.bbb.a',
    'a.....a',
    'aaaaaaa',
  ]);
});

test('neighbours across the end of a row are not connected', () => {
  expect(label(['..#', '#..', '...'])).toEqual(['..a', 'b..', '...']);
});

test('agrees with a flood fill on random maps', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (const density of [0.2, 0.4, 0.6]) {
    const [width, height] = [37, 29];
    const map = Array.from({ length: width * height }, () => random() < density);
    const components = connectedComponents(width, height, (i) => map[i]);
    const owner = new Map<number, number>();
    components.forEach((component, id) => {
      for (const { y, from, to } of component) for (let x = from; x < to; x++) owner.set(y * width + x, id);
    });
    expect(owner.size).toBe(map.filter(Boolean).length);
    expect(components.length).toBe(countByFloodFill(map, width, height));
    for (const [i, id] of owner) {
      for (const j of neighbours(i, width, height)) if (map[j]) expect(owner.get(j)).toBe(id);
    }
  }
});

test('outline gives the hull of the pixels as squares', () => {
  const [component] = connectedComponents(4, 3, (i) => [1, 2, 5, 6].includes(i));
  const hull = convexHull(outline(component));
  expect(hull).toHaveLength(4);
  expect(hull).toEqual(
    expect.arrayContaining([
      { x: 1, y: 0 },
      { x: 3, y: 2 },
    ]),
  );
});

function neighbours(i: number, width: number, height: number): number[] {
  const x = i % width;
  const y = Math.floor(i / width);
  const result = [];
  for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
    for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) result.push(v * width + u);
  }
  return result;
}

function countByFloodFill(map: boolean[], width: number, height: number): number {
  const left = [...map];
  let count = 0;
  for (let start = 0; start < left.length; start++) {
    if (!left[start]) continue;
    count++;
    const stack = [start];
    while (stack.length > 0) {
      const i = stack.pop()!;
      left[i] = false;
      stack.push(...neighbours(i, width, height).filter((j) => left[j]));
    }
  }
  return count;
}
