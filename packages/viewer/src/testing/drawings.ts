// Drawings of any shape, for tests of layouts.

import type { Drawing } from '../drawing.ts';

/** Nodes in data order, of which each reads the results of those at the given places. */
export function drawingOf(reads: readonly (readonly number[])[]): Drawing {
  return {
    name: 'drawing',
    nodes: reads.map((from, i) => ({
      name: `n${i}`,
      title: 'Op',
      category: 0,
      attributes: [],
      inputs: from.map((value) => ['', value] as const),
      outputs: [i],
      origin: [],
    })),
    values: reads.map((_, i) => ({ name: `v${i}`, type: 'float32[]', from: i })),
  };
}

/** The same for the same seed: mostly near neighbours, now and then a node far back. */
export function randomDrawing(count: number, seed: number): Drawing {
  let state = seed * 2654435761 + 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return drawingOf(
    Array.from({ length: count }, (_, i) =>
      i === 0
        ? []
        : Array.from({ length: random(3) }, () => (random(8) === 0 ? random(i) : Math.max(0, i - 1 - random(4)))),
    ),
  );
}

/** Blocks of a residual network, one after the other. */
export function residualDrawing(blocks: number): Drawing {
  const reads: number[][] = [[]];
  for (let i = 0; i < blocks; i++) {
    const entry = reads.length - 1;
    reads.push([entry], [entry + 1], [entry + 2], [entry], [entry + 3, entry + 4]);
  }
  return drawingOf(reads);
}
