// Placement of a graph with all its bodies: what the host computes, the groups of the rest, and the kernels that may serve
// each.

import { type Graph, type Node, traitOf, type Value } from '@trtx/ir';
import { bodyInputsOf } from './captures.ts';
import { chooseFormats } from './format/choose.ts';
import type { PriceContext } from './format/price.ts';
import { formGroups } from './group/form.ts';
import { type Group, type Grouping, rootOf, type Unit } from './group/group.ts';
import { denseView, type TensorView } from './group/view.ts';
import { type Hosted, hostOnly, NO_KERNEL } from './host/placement.ts';
import type { Kernel } from './kernel.ts';
import { mostPartsOf } from './memory/parts.ts';
import { packOutputs, storagesOf } from './memory/storages.ts';
import { type Int64, Ranges } from './range/ranges.ts';
import type { Storages } from './storage.ts';
import { isFor, type Tactic, tacticsFor } from './tactics.ts';
import type { Target } from './target.ts';

type Tactics = ReadonlyMap<Group, readonly Tactic[]>;

/** Where everything is computed. What it tells of values and groups holds for those of all bodies. */
export interface Placed {
  readonly grouping: Grouping;
  /** Of the graph and of each body: what is done, in an order in which it can be. */
  readonly units: ReadonlyMap<Graph, readonly Unit[]>;
  readonly hosted: Hosted;
  /** Of each group, at least one. */
  readonly tactics: Tactics;
  readonly storages: Storages;
}

export interface PlaceOptions extends Pick<PriceContext, 'timings' | 'onVariant'> {
  readonly kernels: readonly Kernel[];
  readonly int64: Int64;
}

/** Columns of a contraction's tile: of a workgroup that shares what it reads, or of one invocation. */
const REUSE = { gpu: 64, software: 8 };

/** @param given what is known already to be the host's */
export function place(root: Graph, target: Target, { kernels, int64, ...prices }: PlaceOptions, given: Hosted): Placed {
  const ranges = rangesOf(root, kernels, int64);
  const units = new Map<Graph, readonly Unit[]>();
  const hosted = new Map<Node, string>();
  const tactics = new Map<Group, readonly Tactic[]>();
  const groupings: Grouping[] = [];
  for (const graph of root.withBodies()) {
    const placed = placeGraph(graph, { root, target, kernels, ranges, prices }, given);
    units.set(graph, placed.grouping.units);
    groupings.push(placed.grouping);
    for (const [node, reason] of placed.hosted) hosted.set(node, reason);
    for (const [group, list] of placed.tactics) tactics.set(group, list);
  }
  const grouping = { ...united(root, groupings), ranges };
  return { grouping, units, hosted, tactics, storages: storagesOf(grouping, tactics, target) };
}

/** What holds for a graph with all its bodies. */
interface Placing {
  readonly root: Graph;
  readonly target: Target;
  readonly kernels: readonly Kernel[];
  readonly ranges: Ranges;
  readonly prices: Pick<PriceContext, 'timings' | 'onVariant'>;
}

/**
 * Forms the groups of one graph; what no kernel serves goes to the host, and outputs that their kernel cannot pack are
 * copied by another: then the groups are formed again around that.
 */
function placeGraph(graph: Graph, { root, target, kernels, ranges, prices }: Placing, given: Hosted) {
  const only = new Map([...hostOnly(graph, root, ranges, target), ...given]);
  // In data order, for the first of those that have a size tells it.
  const hosted = new Map(graph.topological().flatMap((node) => (only.has(node) ? [[node, only.get(node)!]] : [])));
  const apart = new Set<Node>();
  const bindings = new Map<Value, number>();
  const limits = {
    bindings: target.limits.maxStorageBuffersPerShaderStage,
    bindingsOf: (value: Value) => memoized(bindings, value, () => mostPartsOf(value, target.limits)),
    reuse: target.software ? REUSE.software : REUSE.gpu,
    isChecked: (node: Node) => ranges.isChecked(node),
    decodes: ({ op }: Node, input: number) =>
      kernels.some((kernel) => kernel.decodes?.includes(input) && isFor(kernel, op)),
  };
  const isHosted = ({ producer, users }: Value) => [producer, ...users.keys()].some((node) => node && hosted.has(node));
  for (;;) {
    const grouping = { ...formGroups(graph, limits, hosted, apart, graph !== root), ranges };
    const tacticsOf = (group: Group) => tacticsFor(kernels, { group, grouping, target });
    const tactics: Tactics = new Map(grouping.groups.map((group) => [group, tacticsOf(group)]));
    const without = grouping.groups.filter((group) => tactics.get(group)!.length === 0);
    for (const { anchor, nodes } of without) hosted.set(anchor ?? nodes[0]!, NO_KERNEL);
    if (without.length > 0) continue;
    const storages = storagesOf(grouping, tactics, target);
    const copies = packOutputs(graph, grouping, storages);
    if (copies.length === 0) {
      const context = { target, storages, isHosted, tacticsOf, ...prices };
      return { ...chooseFormats(graph, { grouping, tactics }, context), hosted };
    }
    for (const copy of copies) apart.add(copy);
  }
}

/** The ranges of a graph whose nodes check themselves where kernels can. */
export function rangesOf(root: Graph, kernels: readonly Kernel[], int64: Int64 = 'checked'): Ranges {
  return new Ranges(root, int64, (node) => checksItself(node, kernels));
}

/** True for a node whose code, or a kernel of it, finds out about integers that 32 bits do not hold. */
function checksItself(node: Node, kernels: readonly Kernel[]): boolean {
  if (traitOf(node.op, node.view()).kind === 'pointwise') return true;
  return kernels.some((kernel) => kernel.checks === true && isFor(kernel, node.op));
}

function memoized<K, V>(known: Map<K, V>, key: K, compute: () => V): V {
  const value = known.get(key) ?? compute();
  known.set(key, value);
  return value;
}

/** The groupings of a graph and its bodies as one. What a body captures is the memory of the value around it. */
function united(root: Graph, groupings: readonly Grouping[]): Grouping {
  const { captures, states } = bodyInputsOf(root);
  return {
    groups: groupings.flatMap(({ groups }) => groups),
    units: groupings.flatMap(({ units }) => units),
    moves: new Set(groupings.flatMap(({ moves }) => [...moves])),
    host: groupings.flatMap(({ host }) => host),
    views: throughCaptures(new Map(groupings.flatMap(({ views }) => [...views])), captures),
    states,
  };
}

/** Views whose memory is that of the values around, which are whole memory themselves, as they lie. */
function throughCaptures(views: Map<Value, TensorView>, captures: ReadonlyMap<Value, Value>): Map<Value, TensorView> {
  const around = (value: Value): Value => {
    let root = rootOf(value, views);
    for (let next = captures.get(root); next; next = captures.get(root)) root = rootOf(next, views);
    return root;
  };
  for (const [value, view] of views) views.set(value, { ...view, storage: around(view.storage) });
  for (const value of captures.keys()) views.set(value, { ...denseView(value), storage: around(value) });
  return views;
}
