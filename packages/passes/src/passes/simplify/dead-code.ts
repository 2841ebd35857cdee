// Removes what no graph output depends on.

import type { Node } from '@trtx/ir';
import { definePass } from '../../rule.ts';

export const deadCode = definePass({
  name: 'dead-code',
  summary: 'nodes that no graph output depends on are removed',
  run({ graph, record }) {
    const alive = new Set<Node>();
    const stack = graph.outputs.flatMap(({ value }) => value.producer ?? []);
    while (stack.length > 0) {
      const node = stack.pop()!;
      if (alive.has(node)) continue;
      alive.add(node);
      for (const input of node.inputs) if (input?.producer) stack.push(input.producer);
    }
    const dead = [...graph.nodes].filter((node) => !alive.has(node));
    if (dead.length > 0 && record('unused', dead, `${dead.length} unused`)) graph.removeDead();
  },
});
