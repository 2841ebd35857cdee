// Which nodes a dispatch computes: those of its group, and those that have no memory of their own and are computed, or are
// nothing but other strides, where the group reads or writes.

import type { Node, Value } from '@trtx/ir';
import { computedBy, type Group, type Grouping } from './group.ts';

export function coveredNodes(group: Group, { inlined, aliases }: Grouping, outputs: ReadonlySet<Value>): Set<Node> {
  const covered = new Set<Node>(group.nodes);
  const own = computedBy(group.nodes, group.accumulated);
  const pending: (Value | null)[] = group.nodes.flatMap((node) => [...node.inputs]);
  // What a caller sees of the result may be the result in another shape.
  for (const output of outputs) if (rootOf(output, aliases) === group.result) pending.push(output);
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (!value?.producer || own.has(value) || covered.has(value.producer)) continue;
    if (!inlined.has(value) && !aliases.has(value)) continue;
    covered.add(value.producer);
    pending.push(...value.producer.inputs);
  }
  return covered;
}

function rootOf(value: Value, aliases: ReadonlyMap<Value, Value>): Value {
  let root = value;
  for (let next = aliases.get(root); next; next = aliases.get(root)) root = next;
  return root;
}
