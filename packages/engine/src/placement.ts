// Where each node of the source model ended up: in dispatches, on the host, or done with at build.
import { fields, list, optional, string } from './check.ts';
import type { Plan, SourceNode } from './plan.ts';
import { dispatchesOf } from './steps.ts';

/**
 * `gpu`: dispatches compute it, wholly or in part. `host`: the host computes it, or a part of it, at each run. `build`:
 * nothing of it is left at a run but shape arithmetic, which is done when shapes change.
 */
export type Place = 'gpu' | 'build' | 'host';

export interface NodePlacement {
  readonly node: string;
  /** `Conv`, `com.microsoft::Gelu`; absent where the plan does not tell. */
  readonly op?: string;
  readonly place: Place;
  /** The labels of its dispatches, what build did with it, or why it is on the host. */
  readonly reason: string;
  /** The numbers of the host steps in `walkSteps`. */
  readonly steps?: readonly number[];
}

const COMPUTED_AT_BUILD = 'computed at build';

/**
 * The source model's nodes in data order. A plan without a list of them tells those that it computes.
 * @throws TrtxError ENGINE_INVALID where that list is none
 */
export function placeNodes(plan: Plan): NodePlacement[] {
  const labels = new Map<string, Set<string>>();
  for (const { nodes, label } of dispatchesOf(plan.steps)) for (const node of nodes) entry(labels, node).add(label);
  const hosts = new Map<string, Set<Plan['hostNodes'][number]>>();
  for (const host of plan.hostNodes) for (const node of host.nodes) entry(hosts, node).add(host);

  return (sourceNodes(plan) ?? [...new Set([...labels.keys(), ...hosts.keys()])].map((node) => ({ node }))).map(
    ({ node, op, built = COMPUTED_AT_BUILD }: Partial<SourceNode> & { node: string }) => {
      const onHost = [...(hosts.get(node) ?? [])];
      const atRun = onHost.filter(({ step }) => step !== undefined);
      const dispatched = labels.get(node);
      const named = { node, ...(op === undefined ? {} : { op }) };
      const reasons = (of: typeof onHost) => [...new Set(of.map(({ reason }) => reason))].join('; ');
      if (atRun.length > 0)
        return { ...named, place: 'host', reason: reasons(atRun), steps: atRun.map(({ step }) => step!) };
      if (dispatched) return { ...named, place: 'gpu', reason: [...dispatched].join('; ') };
      return { ...named, place: 'build', reason: onHost.length > 0 ? reasons(onHost) : built };
    },
  );
}

/** Nothing that runs reads the list, so that it is checked here and not at load. */
function sourceNodes({ sourceNodes: nodes }: Plan): Plan['sourceNodes'] {
  if (nodes === undefined) return undefined;
  list(nodes, 'sourceNodes', (value, path) => {
    fields(value, path, { node: string, op: string, built: optional(string) });
  });
  return nodes;
}

function entry<T>(map: Map<string, Set<T>>, key: string): Set<T> {
  let found = map.get(key);
  if (!found) {
    found = new Set();
    map.set(key, found);
  }
  return found;
}
