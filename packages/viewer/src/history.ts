// What became of each node, and what each came from: the trace of the passes, played back.
//
// A node's name is no identity: a new node often takes the name of the one that it replaces. So each node that there ever
// was is a version of its own: those of the graph before, then those that were made.

import type { NodeRef, Picture } from './drawing.ts';

/** A change as the pass manager traces it: `Firing` of @trtx/passes is one. */
export interface Change {
  readonly step: number;
  readonly pass: string;
  readonly rule: string;
  readonly reason: string;
  /** Names of the nodes of the pattern, of those made and of those removed. */
  readonly nodes: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A change with its nodes as versions. */
export type Step = Pick<Change, 'step' | 'pass' | 'rule' | 'reason'> & {
  readonly nodes: readonly number[];
  readonly added: readonly number[];
  readonly removed: readonly number[];
};

export interface Version {
  readonly name: string;
  /** Where the graphs before and after have it. */
  readonly before?: NodeRef;
  readonly after?: NodeRef;
  /** Places in `History.steps`: what made it, what removed it, and all that it took part in, these two included. */
  readonly made?: number;
  readonly gone?: number;
  readonly steps: readonly number[];
}

export interface History {
  readonly steps: readonly Step[];
  readonly versions: readonly Version[];
}

type Draft = { -readonly [K in keyof Version]: Version[K] } & { readonly steps: number[]; readonly owner?: Draft };

/** Plays the trace from the graph before to the graph after. */
export function historyOf(before: Picture, after: Picture, trace: readonly Change[]): History {
  const versions: Draft[] = [];
  const alive = new Map<string, number>();
  const born = (draft: Draft) => {
    alive.set(draft.name, versions.length);
    return versions.push(draft) - 1;
  };
  for (const { ref, name, owner } of namedNodes(before)) {
    const around = owner === undefined ? undefined : alive.get(owner);
    born({ name, before: ref, steps: [], ...(around === undefined ? {} : { owner: versions[around]! }) });
  }
  const steps = trace.map(({ step, pass, rule, reason, ...names }, at): Step => {
    const known = (list: readonly string[]) => list.flatMap((name) => alive.get(name) ?? []);
    const nodes = known(names.nodes);
    const removed = known(names.removed);
    for (const name of names.removed) alive.delete(name);
    for (const version of removed) versions[version]!.gone = at;
    const added = names.added.map((name) => born({ name, made: at, steps: [] }));
    for (const version of new Set([...nodes, ...removed, ...added])) versions[version]!.steps.push(at);
    return { step, pass, rule, reason, nodes, added, removed };
  });
  for (const { ref, name } of namedNodes(after)) {
    const version = alive.get(name);
    if (version !== undefined) versions[version]!.after = ref;
  }
  // What is in a node goes with it, untold. Outer nodes stand before what is in them.
  for (const version of versions)
    if (!version.after && version.gone === undefined && version.owner?.gone !== undefined) {
      version.gone = version.owner.gone;
      version.steps.push(version.gone);
    }
  return { steps, versions: versions.map(({ owner: _, ...version }) => version) };
}

/** Nodes with their places and the names of the nodes that they are in; ends left out. */
function* namedNodes({ drawings }: Picture) {
  for (const [drawing, { nodes, owner }] of drawings.entries())
    for (const [node, { name, end }] of nodes.entries())
      if (!end)
        yield { ref: { drawing, node }, name, owner: owner && drawings[owner.drawing]!.nodes[owner.node]!.name };
}

/** The versions that a version was made from, or that it took the place of. */
function sourcesOf({ steps, versions }: History, version: number): readonly number[] {
  const { made, steps: own } = versions[version]!;
  return own.flatMap((at) => {
    const { nodes, added, removed } = steps[at]!;
    if (at === made) return [...nodes, ...removed];
    return added.length === 0 && nodes.includes(version) ? removed : [];
  });
}

/** The versions that took the place of one: what was made where it was removed, else those of the pattern that stayed. */
function successorsOf({ steps, versions }: History, version: number): readonly number[] {
  const { gone } = versions[version]!;
  if (gone === undefined) return [];
  const { nodes, added, removed } = steps[gone]!;
  return added.length > 0 ? added : nodes.filter((node) => !removed.includes(node));
}

export interface Lineage {
  /** Places in `History.steps`, in order. */
  readonly steps: readonly number[];
  /** The versions at the other end: of the graph before for what a node came from, of the graph after for what became of it. */
  readonly ends: readonly number[];
}

/** Every change that led to a version, and the nodes of the graph before that it came from. */
export function pastOf(history: History, version: number): Lineage {
  return follow(history, version, sourcesOf, 'before');
}

/** Every change that a version and what was made of it went through, and the nodes of the graph after that are left. */
export function futureOf(history: History, version: number): Lineage {
  return follow(history, version, successorsOf, 'after');
}

function follow(
  history: History,
  start: number,
  next: (history: History, version: number) => readonly number[],
  end: 'before' | 'after',
): Lineage {
  const seen = new Set([start]);
  const steps = new Set<number>();
  for (const version of seen) {
    for (const step of history.versions[version]!.steps) steps.add(step);
    for (const other of next(history, version)) seen.add(other);
  }
  return {
    steps: [...steps].sort((a, b) => a - b),
    ends: [...seen].filter((version) => history.versions[version]![end] !== undefined),
  };
}
