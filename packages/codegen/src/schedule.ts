// What is done in what order, bodies inside the nodes that run them.

import type { Graph, Node } from '@trtx/ir';
import type { Emitted } from './emitted.ts';
import { type Group, type HostUnit, isHostUnit } from './group/group.ts';
import type { Placed } from './place.ts';

/** A node of control flow, with what is done in each of its bodies. */
export interface ControlItem {
  readonly node: Node;
  readonly bodies: readonly Schedule[];
}

export type Item = Emitted | HostUnit | ControlItem;
export type Schedule = readonly Item[];

export function isControlItem(item: Item): item is ControlItem {
  return 'bodies' in item;
}

export function isHostItem(item: Item): item is HostUnit {
  return 'reason' in item;
}

// Bodies in bodies are as deep as the importer lets them be.
export function scheduleOf(graph: Graph, placed: Placed, emitted: ReadonlyMap<Group, Emitted>): Schedule {
  return placed.units.get(graph)!.map((unit): Item => {
    if (!isHostUnit(unit)) return emitted.get(unit)!;
    const { bodies } = unit.node;
    return bodies.length === 0
      ? unit
      : { node: unit.node, bodies: bodies.map((body) => scheduleOf(body, placed, emitted)) };
  });
}
