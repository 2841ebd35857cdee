// What pages of other kinds add to the page of graphs.

import type { Place, State } from './state.ts';

/** A view of the nodes of the first graph's first drawing, beside the graph itself. */
export interface Chart {
  readonly label: string;
  readonly element: HTMLElement;
  /** The selection or the matches are others. @param reveal whether the selected node is to be brought into view */
  update(shown: ChartState, reveal: boolean): void;
}

export interface ChartState {
  readonly selected: number | undefined;
  readonly matches: ReadonlySet<number>;
}

/** What a page of another kind than that of graphs adds. */
export interface Extension {
  /** Shown instead of the graphs at first. */
  readonly charts: readonly Chart[];
  /** What keys do in charts. */
  readonly keys: string;
  /** What readers have to know first. */
  readonly notes: readonly string[];
  /** More to tell of a node. */
  details(place: Place): HTMLElement[];
  /** What there is to tell of the whole, instead of what there is of graphs. @param find looks for nodes by a text */
  summary(state: State, find: (text: string) => void): HTMLElement[];
}
