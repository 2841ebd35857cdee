// What bodies capture: constants need not be, nor what no body reads.

import { type Graph, type Node, traitOf, type Value } from '@trtx/ir';
import { replaceNode } from '../../replace-node.ts';
import { definePass } from '../../rule.ts';

export const sinkConstants = definePass({
  name: 'sink-constants',
  summary: 'constants that a body captures are put into it, and values that no body reads are not captured',
  run({ graph, record }) {
    for (const node of graph.topological()) {
      const trait = traitOf(node.op, node.view());
      if (trait.kind !== 'control') continue;
      const captured = trait.captured(node.view());
      const first = node.inputs.length - captured;
      const gone = new Set<number>();
      for (let i = 0; i < captured; i++)
        if (node.inputs[first + i]!.constant || isUnread(node, i - captured)) gone.add(i);
      if (gone.size === 0) continue;
      const names = [...gone].map((i) => node.inputs[first + i]!.name);
      if (!record('captured', [node], names.join(', '))) return;
      for (const body of node.bodies) giveUp(body, body.inputs.slice(-captured), node.inputs.slice(first), gone);
      rebuild(graph, node, first, gone);
    }
  },
});

/** True where no body reads its input at the place, which counts from the end. */
function isUnread(node: Node, place: number): boolean {
  return node.bodies.every((body) => body.isUnused(body.inputs.at(place)!));
}

/** Takes inputs from a body; constants of the graph around it take the place of those that it reads. */
function giveUp(
  body: Graph,
  inside: readonly Value[],
  outside: readonly (Value | null)[],
  gone: ReadonlySet<number>,
): void {
  for (const i of gone) {
    const { constant, name } = outside[i]!;
    if (constant && !body.isUnused(inside[i]!)) body.replaceUses(inside[i]!, body.addConstant(constant, name));
    body.removeInput(inside[i]!);
  }
}

/** The node anew, without some of the inputs that it captures. */
function rebuild(graph: Graph, node: Node, first: number, gone: ReadonlySet<number>): void {
  const { name, origin, bodies, outputs } = node;
  const inputs = node.inputs.filter((_, i) => !gone.has(i - first));
  const twin = graph.addNode(node.op, inputs, node.attributes, { name, origin, bodies, outputs: outputs.length });
  replaceNode(graph, node, twin.outputs);
  graph.rename(twin, name);
}
