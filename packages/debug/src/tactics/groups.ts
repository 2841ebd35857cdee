// The groups of a build, as they are when kernels are chosen for them.

import { type Group, type Tactic, tacticLabel } from '@trtx/codegen';
import type { Graph, Value } from '@trtx/ir';

export interface GroupRecord {
  readonly group: Group;
  /** As `tacticLabel` prints them, cheapest first. */
  readonly tactics: readonly string[];
  /** The one that was taken. */
  readonly chosen: string;
}

/** Records the groups that code generation asks about, and takes the cheapest tactic or what `choose` says. */
export class GroupRecorder {
  readonly #records = new Map<string, GroupRecord>();

  /** By the first result of each, which is no other group's. */
  get groups(): readonly GroupRecord[] {
    return [...this.#records.values()];
  }

  readonly choose = (tactics: readonly Tactic[], group: Group): Tactic | undefined => {
    const [cheapest] = tactics;
    if (!cheapest) return undefined;
    // Where a group has too many bindings, its node goes to the host, and all are asked about anew.
    this.#records.set(group.results[0]!.name, {
      group,
      tactics: [...new Set(tactics.map(tacticLabel))],
      chosen: tacticLabel(cheapest),
    });
    return cheapest;
  };
}

/** Nodes of the source model that a group computes. */
export function sourceNodesOf({ nodes, prologue }: Group): string[] {
  return [
    ...new Set([...nodes, ...[...prologue].map((value) => value.producer!)].flatMap(({ origin }) => [...origin])),
  ];
}

/**
 * What a group reads that is in memory before it: from its operands back through what no group stores, such as views and
 * shape arithmetic, to what one does, to what `isGiven` is true of, and to inputs.
 */
export function readsOf({ nodes, prologue }: Group, isGiven: (value: Value) => boolean): Value[] {
  const inside = new Set([...nodes, ...[...prologue].map((value) => value.producer!)]);
  const found = new Set<Value>();
  const seen = new Set<Value>();
  const pending = [...inside].flatMap((node) => [...node.inputs]);
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (!value || value.constant || seen.has(value)) continue;
    seen.add(value);
    const { producer } = value;
    if (producer && inside.has(producer)) continue;
    if (!producer || isGiven(value)) found.add(value);
    else pending.push(...producer.inputs);
  }
  return [...found];
}

/** Whether the group is of the graph itself, not of a body of control flow. */
export function isIn(graph: Graph, { nodes }: Group): boolean {
  return nodes.every((node) => graph.nodes.has(node));
}
