/**
 * Connected components of a yes/no map. The map is cut into horizontal runs, and runs of neighbouring rows that touch
 * are united (union-find), so the work grows with the number of runs and not with the area.
 */
import type { Point } from './geometry.ts';

/** The pixels `from <= x < to` of row `y`. */
export interface Run {
  y: number;
  from: number;
  to: number;
}

/** The 8-connected components of the pixels for which `isSet(y * width + x)` holds, each as its runs from top to bottom. */
export function connectedComponents(width: number, height: number, isSet: (index: number) => boolean): Run[][] {
  const runs: Run[] = [];
  const parents: number[] = [];
  const find = (i: number): number => {
    while (parents[i] !== i) {
      parents[i] = parents[parents[i]];
      i = parents[i];
    }
    return i;
  };

  let above = 0;
  for (let y = 0; y < height; y++) {
    const rowStart = runs.length;
    for (const run of runsOfRow(y, width, isSet)) {
      const index = runs.length;
      runs.push(run);
      parents.push(index);
      while (above < rowStart && runs[above].to < run.from) above++;
      for (let i = above; i < rowStart && runs[i].from <= run.to; i++) parents[find(i)] = find(index);
    }
    above = rowStart;
  }

  const components = new Map<number, Run[]>();
  runs.forEach((run, i) => {
    const root = find(i);
    const component = components.get(root);
    if (component) component.push(run);
    else components.set(root, [run]);
  });
  return [...components.values()];
}

/** The corners of the outer pixels, as squares of side 1: their convex hull is the hull of the component. */
export function outline(component: readonly Run[]): Point[] {
  return component.flatMap(({ y, from, to }) => [
    { x: from, y },
    { x: to, y },
    { x: from, y: y + 1 },
    { x: to, y: y + 1 },
  ]);
}

function runsOfRow(y: number, width: number, isSet: (index: number) => boolean): Run[] {
  const runs: Run[] = [];
  const row = y * width;
  for (let x = 0; x < width; x++) {
    if (!isSet(row + x)) continue;
    const from = x;
    while (x < width && isSet(row + x)) x++;
    runs.push({ y, from, to: x });
  }
  return runs;
}
