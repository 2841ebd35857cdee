// Placement of a graph with all its bodies: what the host computes, the groups of the rest, and the kernels that may serve
// each.

import { type Graph, type Node, traitOf, type Value } from '@trtx/ir';
import { chooseFormats } from './format/choose.ts';
import { formGroups } from './group/form.ts';
import { type Group, type Grouping, rootOf, type Unit } from './group/group.ts';
import { denseView, type TensorView } from './group/view.ts';
import { type Hosted, hostOnly, NO_KERNEL } from './host/placement.ts';
import type { Kernel } from './kernel.ts';
import { mostPartsOf } from './memory/parts.ts';
import { packOutputs, storagesOf } from './memory/storages.ts';
import type { Storages } from './storage.ts';
import { type Tactic, tacticsFor } from './tactics.ts';
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

/** @param given what is known already to be the host's */
export function place(root: Graph, target: Target, kernels: readonly Kernel[], given: Hosted): Placed {
  const units = new Map<Graph, readonly Unit[]>();
  const hosted = new Map<Node, string>();
  const tactics = new Map<Group, readonly Tactic[]>();
  const groupings: Grouping[] = [];
  for (const graph of root.withBodies()) {
    const placed = placeGraph(graph, root, target, kernels, given);
    units.set(graph, placed.grouping.units);
    groupings.push(placed.grouping);
    for (const [node, reason] of placed.hosted) hosted.set(node, reason);
    for (const [group, list] of placed.tactics) tactics.set(group, list);
  }
  const grouping = united(root, groupings);
  return { grouping, units, hosted, tactics, storages: storagesOf(grouping, tactics) };
}

/**
 * Forms the groups of one graph; what no kernel serves goes to the host, and outputs that their kernel cannot pack are
 * copied by another: then the groups are formed again around that.
 */
function placeGraph(graph: Graph, root: Graph, target: Target, kernels: readonly Kernel[], given: Hosted) {
  const hosted = new Map([...hostOnly(graph, root, target), ...given]);
  const apart = new Set<Node>();
  const bindings = new Map<Value, number>();
  const limits = {
    bindings: target.limits.maxStorageBuffersPerShaderStage,
    bindingsOf: (value: Value) => memoized(bindings, value, () => mostPartsOf(value, target.limits)),
  };
  const isHosted = ({ producer, users }: Value) => [producer, ...users.keys()].some((node) => node && hosted.has(node));
  for (;;) {
    const grouping = formGroups(graph, limits, hosted, apart, graph !== root);
    const tacticsOf = (group: Group) => tacticsFor(kernels, { group, grouping, target });
    const tactics: Tactics = new Map(grouping.groups.map((group) => [group, tacticsOf(group)]));
    const without = grouping.groups.filter((group) => tactics.get(group)!.length === 0);
    for (const { anchor, nodes } of without) hosted.set(anchor ?? nodes[0]!, NO_KERNEL);
    if (without.length > 0) continue;
    const copies = packOutputs(graph, grouping, storagesOf(grouping, tactics));
    if (copies.length === 0) {
      const context = { target, storages: storagesOf(grouping, tactics), isHosted, tacticsOf };
      return { ...chooseFormats(graph, { grouping, tactics }, context), hosted };
    }
    for (const copy of copies) apart.add(copy);
  }
}

function memoized<K, V>(known: Map<K, V>, key: K, compute: () => V): V {
  const value = known.get(key) ?? compute();
  known.set(key, value);
  return value;
}

/** The groupings of a graph and its bodies as one. What a body captures is the memory of the value around it. */
function united(root: Graph, groupings: readonly Grouping[]): Grouping {
  const captures = new Map<Value, Value>();
  const states = new Set<Value>();
  for (const graph of root.withBodies())
    for (const node of graph.nodes) {
      const captured = capturedBy(node);
      for (const { inputs } of node.bodies) {
        const first = inputs.length - captured.length;
        inputs.forEach((input, i) => {
          if (i < first) states.add(input);
          else captures.set(input, captured[i - first]!);
        });
      }
    }
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

/** The values around a node that its bodies see as their last inputs. */
function capturedBy(node: Node): Value[] {
  const trait = traitOf(node.op, node.view());
  if (trait.kind !== 'control') return [];
  return node.inputs.slice(node.inputs.length - trait.captured(node.view())) as Value[];
}
