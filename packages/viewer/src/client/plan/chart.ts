// What the charts of a plan have in common: where their layers are in the plan's graph, and a heading.

import type { DrawnNode } from '../../drawing.ts';
import type { PageLayer, PlanPageData } from '../../page-data.ts';
import { percentText, timeText } from '../../units.ts';
import { element } from '../dom.ts';

export interface ChartOptions {
  readonly data: PlanPageData;
  /** Selects a node of the plan's graph, or none. */
  readonly select: (node: number | undefined) => void;
}

/** A layer and its node in the plan's graph. */
export interface ShownNode {
  readonly layer: PageLayer;
  readonly node: DrawnNode;
}

export function shownNode({ layers, graphs, firstLayer }: PlanPageData, i: number): ShownNode {
  return { layer: layers[i]!, node: graphs[0]!.drawings[0]!.nodes[firstLayer + i]! };
}

/** The layer that is selected: a place in `PlanPageData.layers`. */
export function layerOf({ firstLayer, layers }: PlanPageData, node: number | undefined): number | undefined {
  const i = node === undefined ? -1 : node - firstLayer;
  return layers[i] ? i : undefined;
}

/** A line about a layer, for pointers that rest on it. */
export function hint({ layer: { ms, share }, node: { title, name } }: ShownNode): string {
  return `${title}\n${name}${ms === undefined ? '' : `\n${timeText(ms)}, ${percentText(share)}`}`;
}

export function chartSection(label: string, about: string, ...controls: HTMLElement[]): HTMLElement {
  const head = element(
    'div',
    { className: 'head' },
    element('h2', {}, label),
    element('span', { className: 'muted' }, about),
    ...controls,
  );
  return element('section', { className: 'chart', aria: { label } }, head);
}
