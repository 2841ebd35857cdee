// Removes what no graph output depends on.

import { deadNodes, removeDead } from '@trtx/ir';
import { definePass } from '../../rule.ts';

export const deadCode = definePass({
  name: 'dead-code',
  summary: 'nodes that no graph output depends on are removed, but for those that tell a size which has to be checked',
  run({ graph, record }) {
    const dead = deadNodes(graph);
    if (dead.length > 0 && record('unused', dead, `${dead.length} unused`)) removeDead(graph);
  },
});
