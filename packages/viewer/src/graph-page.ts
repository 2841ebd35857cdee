// The page of a graph, or of a graph before and after.

import { script, styles } from './client.generated.ts';
import type { Picture } from './drawing.ts';
import { type Change, historyOf } from './history.ts';
import { type LayoutCache, layoutDrawing } from './layout/layout.ts';
import { htmlPage } from './page.ts';
import type { PageData } from './page-data.ts';

export interface GraphPageOptions {
  readonly title: string;
  /** One graph, or the graph before and the graph after. */
  readonly graphs: readonly [LabelledPicture] | readonly [LabelledPicture, LabelledPicture];
  /** The changes that led from the first graph to the second: `OptimizeReport.trace` of @trtx/passes. */
  readonly trace?: readonly Change[];
}

export interface LabelledPicture {
  readonly label: string;
  readonly picture: Picture;
}

/** The page as one HTML text, which needs nothing else: no file, no server, no network. The same input gives the same text. */
export function graphPage({ title, graphs, trace }: GraphPageOptions): string {
  const cache: LayoutCache = new Map();
  const [before, after] = graphs;
  const data: PageData = {
    title,
    graphs: graphs.map(({ label, picture: { categories, drawings } }) => ({
      label,
      categories,
      drawings: drawings.map((drawing) => ({ ...drawing, placed: layoutDrawing(drawing, cache) })),
    })),
    ...(after && trace ? { history: historyOf(before.picture, after.picture, trace) } : {}),
  };
  return htmlPage({ title, script, styles, data });
}
