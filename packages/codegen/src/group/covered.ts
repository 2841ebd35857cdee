// Which nodes a dispatch computes: those of its group, and those that no dispatch computes, since they are nothing but other
// places where the group reads or writes.

import type { Node, Value } from '@trtx/ir';
import { type Group, type Grouping, nodesOf, rootOf } from './group.ts';

export function coveredNodes(group: Group, { views, moves }: Grouping, outputs: ReadonlySet<Value>): Set<Node> {
  const covered = nodesOf(group);
  const read: (Value | null)[] = [...covered].flatMap((node) => [...node.inputs]);
  // What a caller sees of a result may be the result in another shape.
  const roots = new Set(group.results.map((result) => rootOf(result, views)));
  for (const output of outputs) if (roots.has(rootOf(output, views))) read.push(output);
  for (let value = read.pop(); value !== undefined; value = read.pop()) {
    if (!value?.producer || covered.has(value.producer) || !moves.has(value.producer)) continue;
    covered.add(value.producer);
    read.push(...value.producer.inputs);
  }
  const written = group.results.filter((result) => views.has(result));
  for (let value = written.pop(); value; value = written.pop())
    for (const node of value.users.keys()) {
      if (!moves.has(node) || covered.has(node)) continue;
      const parts = node.outputs.filter((output) => roots.has(rootOf(output, views)));
      if (parts.length > 0) covered.add(node);
      written.push(...parts);
    }
  return covered;
}
