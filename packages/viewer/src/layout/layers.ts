// Layers: every connection leads from a layer to a later one.

import type { Link } from '../drawing.ts';

/** The layer of each node: one below the last of what it reads; what reads nothing stands just above its first reader. */
export function layersOf(count: number, links: readonly Link[]): number[] {
  const readers: number[][] = Array.from({ length: count }, () => []);
  const missing = new Array<number>(count).fill(0);
  for (const [from, to] of links) {
    readers[from]!.push(to);
    missing[to]!++;
  }
  const sources = missing.map((inputs) => inputs === 0);
  const layers = new Array<number>(count).fill(0);
  const ready = [...layers.keys()].filter((node) => sources[node]);
  for (const node of ready)
    for (const reader of readers[node]!) {
      layers[reader] = Math.max(layers[reader]!, layers[node]! + 1);
      if (--missing[reader]! === 0) ready.push(reader);
    }
  readers.forEach((list, node) => {
    if (sources[node] && list.length > 0) layers[node] = Math.min(...list.map((reader) => layers[reader]!)) - 1;
  });
  return layers;
}
