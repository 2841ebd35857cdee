// Where each node of a model is computed, for people.

import type { NodePlacement, Place } from '@trtx/engine';
import { quote } from '@trtx/errors';
import { table } from '../text.ts';

export type PlaceCounts = Readonly<Record<Place, number>>;

export function countPlaces(nodes: readonly NodePlacement[]): PlaceCounts {
  const counts = { gpu: 0, build: 0, host: 0 };
  for (const { place } of nodes) counts[place]++;
  return counts;
}

/** A line for each node, and a sum. */
export function placementLines(nodes: readonly NodePlacement[]): string[] {
  const { gpu, build, host } = countPlaces(nodes);
  const rows = nodes.map(({ node, op = '', place, reason, steps }) => [
    PLACES[place],
    quote(node),
    quote(op),
    `${quote(reason)}${steps ? ` (step ${steps.join(', ')})` : ''}`,
  ]);
  return [
    ...table(rows, '  '),
    `${nodes.length} nodes: ${gpu} on the GPU, ${build} done at build, ${host} on the host at each run`,
  ];
}

const PLACES: Readonly<Record<Place, string>> = { gpu: 'GPU', build: 'build', host: 'host' };
