// The nodes of the source model, and what build did with those that are not left in the plan: for `inspectPlacement`.

import { type Plan, type SourceNode, walkSteps } from '@trtx/engine';
import { type Graph, opName } from '@trtx/ir';
import type { Firing } from '@trtx/passes';

/** A graph's nodes as the source model had them. One that became several goes by the op of the last. */
export function sourceNodesOf(graph: Graph): SourceNode[] {
  const ops = new Map<string, string>();
  for (const each of graph.withBodies())
    for (const { op, origin } of each.topological()) for (const node of origin) ops.set(node, opName(op));
  return [...ops].map(([node, op]) => ({ node, op }));
}

export interface Aftermath {
  readonly plan: Plan;
  /** The graph that the plan was made of. */
  readonly graph: Graph;
  /** What passes did before. */
  readonly trace: readonly Firing[];
  /** Origins of the nodes that the graph had before that. */
  readonly imported: ReadonlySet<string>;
}

/** The nodes, with a reason at each that the plan computes nowhere. */
export function explained(nodes: readonly SourceNode[], { plan, graph, trace, imported }: Aftermath): SourceNode[] {
  const computed = new Set(plan.hostNodes.flatMap((host) => host.nodes));
  for (const step of walkSteps(plan.steps))
    if (step.kind === 'dispatches')
      for (const dispatch of step.dispatches) for (const n of dispatch.nodes) computed.add(n);
  const left = new Set([...graph.withBodies()].flatMap(({ nodes: all }) => [...all].flatMap(({ origin }) => origin)));
  const last = new Map(trace.flatMap((firing) => firing.origins.map((origin) => [origin, firing])));
  const built = (node: string) => {
    if (left.has(node)) return 'its result is the memory of another tensor';
    if (!imported.has(node)) return 'import read it as a constant';
    const firing = last.get(node);
    if (!firing) return 'what read it was computed at build';
    return `${firing.pass}/${firing.rule}${firing.reason ? `: ${firing.reason}` : ''}`;
  };
  return nodes.map(({ node, op }) => ({ node, op, ...(computed.has(node) ? {} : { built: built(node) }) }));
}
