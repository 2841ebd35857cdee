// Branches whose condition is known at build.

import { inlineBody, traitOf, type Value } from '@trtx/ir';
import { replaceNode } from '../../replace-node.ts';
import { definePass } from '../../rule.ts';

export const inlineBranches = definePass({
  name: 'inline-branches',
  summary: 'of a branch whose condition is known, the body that is run takes the place of the node',
  run({ graph, record }) {
    for (const node of graph.topological()) {
      const [condition, ...captured] = node.inputs as Value[];
      if (node.bodies.length !== 2 || traitOf(node.op, node.view()).kind !== 'control') continue;
      const known = condition?.contents?.values[0];
      if (typeof known !== 'number') continue;
      if (!record('known-condition', [node], `the condition is ${known !== 0}`)) return;
      replaceNode(graph, node, inlineBody(graph, node.bodies[known ? 0 : 1]!, captured));
    }
  },
});
