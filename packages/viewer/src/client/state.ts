// What the reader looks at, and what follows from it.

import type { NodeRef } from '../drawing.ts';
import { futureOf, type History, type Lineage, pastOf } from '../history.ts';
import type { PageData } from '../page-data.ts';

/** A node of one of the page's graphs. */
export interface Place extends NodeRef {
  readonly graph: number;
}

export function samePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a?.graph === b?.graph && a?.drawing === b?.drawing && a?.node === b?.node;
}

/** Of a node that only one of the graphs has: made by a pass; replaced; gone without anything in its place. */
export type Mark = '+' | '~' | '−';

export class State {
  selected: Place | undefined;
  matches: readonly Place[] = [];
  /** Which of the matches is shown; -1 where none was chosen yet. */
  match = -1;
  /** Which drawing of each graph is shown. */
  readonly drawings: number[];
  readonly #versions = new Map<string, number>();
  readonly #marks = new Map<string, Mark | undefined>();

  constructor(readonly data: PageData) {
    this.drawings = data.graphs.map(() => 0);
    data.history?.versions.forEach(({ before, after }, version) => {
      if (before) this.#versions.set(key({ graph: 0, ...before }), version);
      if (after) this.#versions.set(key({ graph: this.last, ...after }), version);
    });
  }

  get last(): number {
    return this.data.graphs.length - 1;
  }

  get history(): History | undefined {
    return this.data.history;
  }

  nodeAt({ graph, drawing, node }: Place) {
    return this.data.graphs[graph]!.drawings[drawing]!.nodes[node]!;
  }

  versionAt(place: Place): number | undefined {
    return this.#versions.get(key(place));
  }

  /** Where a version is to be seen, the graph before first. */
  placeOf(version: number): Place | undefined {
    const { before, after } = this.history!.versions[version]!;
    if (before) return { graph: 0, ...before };
    return after && { graph: this.last, ...after };
  }

  /** What became of a node of the graph before, or what a node of the graph after came from. */
  lineageOf(place: Place): Lineage | undefined {
    const version = this.versionAt(place);
    if (version === undefined) return undefined;
    return place.graph === 0 ? futureOf(this.history!, version) : pastOf(this.history!, version);
  }

  /** The same nodes, or those that came of them or that they came from, in the other graph. */
  counterparts(place: Place): Place[] {
    const graph = place.graph === 0 ? this.last : 0;
    if (graph === place.graph) return [];
    const { end, name, title } = this.nodeAt(place);
    if (end) {
      const nodes = this.data.graphs[graph]!.drawings[0]!.nodes;
      const twin = nodes.findIndex((node) => node.end && node.name === name && node.title === title);
      return place.drawing === 0 && twin >= 0 ? [{ graph, drawing: 0, node: twin }] : [];
    }
    const ends = this.lineageOf(place)?.ends ?? [];
    return ends.flatMap((version) => {
      const { before, after } = this.history!.versions[version]!;
      const ref = graph === 0 ? before : after;
      return ref ? [{ graph, ...ref }] : [];
    });
  }

  markOf(place: Place): Mark | undefined {
    const at = key(place);
    if (!this.#marks.has(at)) this.#marks.set(at, this.#findMark(place));
    return this.#marks.get(at);
  }

  #findMark(place: Place): Mark | undefined {
    const version = this.versionAt(place);
    if (version === undefined) return undefined;
    const { before, after } = this.history!.versions[version]!;
    if (before && after) return undefined;
    if (after) return '+';
    return this.counterparts(place).length > 0 ? '~' : '−';
  }
}

function key({ graph, drawing, node }: Place): string {
  return `${graph}/${drawing}/${node}`;
}
