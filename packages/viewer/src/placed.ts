// Where the nodes and connections of a drawing are. Units are CSS pixels at a zoom of 1.

import type { Link } from './drawing.ts';

/** The left and upper edge of a node, and its size. */
export type Box = readonly [x: number, y: number, width: number, height: number];

export interface Placed {
  readonly width: number;
  readonly height: number;
  /** As the nodes of the drawing. */
  readonly boxes: readonly Box[];
  readonly edges: readonly PlacedEdge[];
  /** Connections over too long a way to be drawn as lines; their nodes say that they have some. */
  readonly far: readonly Link[];
}

export interface PlacedEdge {
  readonly link: Link;
  /** x and y by turns, from the lower edge of one node to the upper edge of the other, downwards. */
  readonly points: readonly number[];
}

/** Nodes are as wide as each other: what repeats in a model is laid out once, and looks the same each time. */
export const NODE_WIDTH = 184;
export const NODE_HEIGHT = 62;
export const END_HEIGHT = 44;
/** A line of text more, for far connections from above, or to below. */
export const FAR_HEIGHT = 16;
