// Fusion groups: which nodes become one dispatch. Forming them reads traits and shapes only, never an op's name, and
// knows no kernel and no layout.
//
//   anchor     the contraction, reduction or opaque node whose kernel sets the loop; none in a group of pointwise and
//              injective nodes alone, which becomes one generated map kernel
//   prologue   pointwise and injective values that are computed where the group reads them
//   epilogue   pointwise nodes applied to the anchor's result before it is stored
//   results    what the group stores: of the values that it computes, all that others read
//   views      values that lie in the memory of another value: read at other places of it, or written there

import type { Node, Value } from '@trtx/ir';
import type { Ranges } from '../range/ranges.ts';
import type { TensorView } from './view.ts';

export interface Group {
  readonly anchor: Node | null;
  /** The anchor, then what is applied to its result, in data order; without an anchor, nodes of one shape. */
  readonly nodes: readonly Node[];
  /** The anchor's result, to which the epilogue applies; without an anchor, the first node's. */
  readonly accumulated: Value;
  /** What is computed on the way, by this group alone. */
  readonly prologue: ReadonlySet<Value>;
  /** What the group stores, at least one value: those of as many elements as `accumulated`, one for each of its. */
  readonly results: readonly Value[];
}

/** A node that the host computes at run time. */
export interface HostUnit {
  readonly node: Node;
  readonly reason: string;
}

export type Unit = Group | HostUnit;

export function isHostUnit(unit: Unit): unit is HostUnit {
  return 'reason' in unit;
}

export interface Grouping {
  /** In an order in which they can run. */
  readonly groups: readonly Group[];
  /** Groups and host nodes, in an order in which they can run: as few times from one kind to the other as possible. */
  readonly units: readonly Unit[];
  /** Values that lie in the memory of another value, which is in none itself. */
  readonly views: ReadonlyMap<Value, TensorView>;
  /** Nodes that no group computes, since what they give are views, or is written in place by those that make its parts. */
  readonly moves: ReadonlySet<Node>;
  /** Nodes that no group computes: shape arithmetic. */
  readonly host: readonly Node[];
  /** Values that the run sets without a node: what bodies are given beside what they capture. */
  readonly states: ReadonlySet<Value>;
  /** What is known of the integers of 64 bits; without it, nothing is checked. */
  readonly ranges?: Ranges;
}

export type Views = Grouping['views'];

/** The value whose memory a value is. */
export function rootOf(value: Value, views: Views): Value {
  return views.get(value)?.storage ?? value;
}

/** The values that a group computes: those of its nodes, of which the first gives `accumulated`, and of its prologue. */
export function computedBy({ nodes, accumulated, prologue }: Group): Set<Value> {
  return new Set([accumulated, ...nodes.slice(1).flatMap((node) => node.outputs), ...prologue]);
}

/** The nodes of a group and of its prologue. */
export function nodesOf({ nodes, prologue }: Group): Set<Node> {
  return new Set([...nodes, ...[...prologue].map((value) => value.producer!)]);
}
