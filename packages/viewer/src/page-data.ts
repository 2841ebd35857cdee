// What the script of a page of graphs finds in it.

import type { Drawing } from './drawing.ts';
import type { History } from './history.ts';
import type { Placed } from './placed.ts';

export interface PageData {
  readonly title: string;
  /** One graph, or the graph before and the graph after. */
  readonly graphs: readonly PageGraph[];
  /** From the first graph to the last. */
  readonly history?: History;
}

export interface PageGraph {
  readonly label: string;
  readonly categories: readonly string[];
  readonly drawings: readonly PageDrawing[];
}

export interface PageDrawing extends Drawing {
  readonly placed: Placed;
}
