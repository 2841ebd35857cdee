// Nodes that a user wants left as they are, by the names that reports give.

import { quote, TrtxError } from '@trtx/errors';
import type { Graph, Node } from '@trtx/ir';

/**
 * The nodes that have one of the names themselves, that are of such an op, or that compute such a tensor; those in bodies too.
 * @throws TrtxError QUANT_UNKNOWN for a name that nothing has
 */
export function nodesNamed(graph: Graph, names: readonly string[]): Set<Node> {
  const wanted = new Set(names);
  const met = new Set<string>();
  const found = new Set<Node>();
  for (const { nodes } of graph.withBodies())
    for (const node of nodes)
      for (const name of [node.name, node.op.name, ...node.outputs.map((output) => output.name)])
        if (wanted.has(name)) {
          met.add(name);
          found.add(node);
        }
  const missing = names.find((name) => !met.has(name));
  if (missing !== undefined)
    throw new TrtxError('QUANT_UNKNOWN', `no node, op or computed tensor is called ${quote(missing)}`, {
      hint: 'Names of nodes, ops and tensors are listed by `trtx inspect`.',
    });
  return found;
}
