// Which nodes a dispatch computes: those of its group, and those that no dispatch computes, since they are nothing but other
// places where the group reads or writes.

import type { Node, Value } from '@trtx/ir';
import { type Group, type Grouping, nodesOf, rootOf } from './group.ts';

export function coveredNodes(group: Group, grouping: Grouping, outputs: ReadonlySet<Value>): Set<Node> {
  const { views, moves } = grouping;
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
  for (const result of group.results) for (const node of towardsWhole(result, grouping)) covered.add(node);
  return covered;
}

/** The nodes on the way from a result to what it is written into as a part. */
function towardsWhole(result: Value, { views, moves }: Grouping): Node[] {
  const paths: { value: Value; nodes: readonly Node[] }[] = [{ value: result, nodes: [] }];
  const root = rootOf(result, views);
  for (let path = paths.pop(); path; path = paths.pop()) {
    if (path.value === root) return [...path.nodes];
    for (const node of path.value.users.keys())
      if (moves.has(node))
        for (const value of node.outputs)
          if (rootOf(value, views) === root) paths.push({ value, nodes: [...path.nodes, node] });
  }
  return [];
}
