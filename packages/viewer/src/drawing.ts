// A graph as it is drawn: plain data, which knows of nodes and of values between them but of no op, and holds no weights.

/** What one picture shows: a graph, and the graphs in its nodes. */
export interface Picture {
  /** Names of the kinds of nodes, which have a colour each, in this order. */
  readonly categories: readonly string[];
  /** The graph itself first. */
  readonly drawings: readonly Drawing[];
}

export interface Drawing {
  readonly name: string;
  readonly nodes: readonly DrawnNode[];
  readonly values: readonly DrawnValue[];
  /** The node that runs it: the place of its drawing in the picture, and its own there. Absent for the graph itself. */
  readonly owner?: NodeRef;
}

/** A node, by the place of its drawing in the picture and its own in the drawing. */
export interface NodeRef {
  readonly drawing: number;
  readonly node: number;
}

export interface DrawnNode {
  /** Unique in the picture among what is no end. */
  readonly name: string;
  /** What it computes: an op, a kernel. */
  readonly title: string;
  /** A place in `Picture.categories`. */
  readonly category: number;
  /** True for an input or output of the graph. */
  readonly end?: boolean;
  /** What else there is to tell, as names and texts. */
  readonly attributes: readonly (readonly [name: string, text: string])[];
  /** What each input is called, and its place in `Drawing.values`; null where it is absent. */
  readonly inputs: readonly (readonly [name: string, value: number | null])[];
  /** Places in `Drawing.values`. */
  readonly outputs: readonly number[];
  /** Names of what it came from, in what the graph was made of. */
  readonly origin: readonly string[];
  /** Drawings of the graphs that it runs: places in `Picture.drawings`. */
  readonly bodies?: readonly number[];
}

export interface DrawnValue {
  readonly name: string;
  /** Its type as text: `float32[N,3,224,224]`. */
  readonly type: string;
  /** How it lies in memory, where that is to be told. */
  readonly format?: string;
  /** Its elements as text, where they are known and few. */
  readonly contents?: string;
  /** The place of the node that gives it; null for a constant. */
  readonly from: number | null;
}

/** A connection that is drawn, whatever number of values go along it: places of two nodes. */
export type Link = readonly [from: number, to: number];

/** Each pair of nodes of which the second reads what the first gives, once. */
export function linksOf({ nodes, values }: Drawing): Link[] {
  const links: Link[] = [];
  nodes.forEach(({ inputs }, to) => {
    const seen = new Set<number>();
    for (const [, value] of inputs) {
      const from = value === null ? null : values[value]!.from;
      if (from === null || seen.has(from)) continue;
      seen.add(from);
      links.push([from, to]);
    }
  });
  return links;
}
