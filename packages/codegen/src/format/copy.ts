// Copies in another format: of what a group needs in one that the value is not in.

import { type Graph, type Node, standardOps, type Value } from '@trtx/ir';
import { type Group, type Grouping, isHostUnit, nodesOf, type Unit } from '../group/group.ts';
import { denseView } from '../group/view.ts';
import type { Tactic } from '../tactics.ts';
import { type Format, liesIn, stridesIn } from './format.ts';
import { type Formatted, isNeeded, type Option, operandsOf } from './option.ts';

/** Gives each group the copies that it needs, made right before; one serves all groups that need the same. */
export function copyOperands(
  graph: Graph,
  grouping: Grouping,
  chosen: ReadonlyMap<Group, Option>,
  tacticsOf: (group: Group) => readonly Tactic[],
): Formatted {
  const views = new Map(grouping.views);
  const units: Unit[] = [];
  const tactics = new Map<Group, readonly Tactic[]>();
  const copies = new Map<Format, Map<Value, Value>>();

  const copyOf = (value: Value, format: Format): Value => {
    const known = copies.get(format) ?? new Map<Value, Value>();
    copies.set(format, known);
    let copy = known.get(value);
    if (!copy) {
      const node = graph.addNode(standardOps.get('Identity')!, [value], {}, { name: `${value.name}/${format}` });
      copy = node.output;
      known.set(value, copy);
      if (format !== 'row-major') views.set(copy, { ...denseView(copy), strides: stridesIn(format, copy.type.shape) });
      const group: Group = { anchor: null, nodes: [node], accumulated: copy, prologue: new Set(), results: [copy] };
      units.push(group);
      tactics.set(
        group,
        tacticsOf(group).filter(({ formats }) => formats.writes === format),
      );
    }
    return copy;
  };

  for (const unit of grouping.units) {
    if (!isHostUnit(unit)) {
      const { use, tactics: own } = chosen.get(unit)!;
      tactics.set(unit, own);
      for (const value of operandsOf(unit)) {
        const view = views.get(value) ?? denseView(value);
        if (!isNeeded(unit, use, value) || liesIn(use.reads, view)) continue;
        const copy = copyOf(value, use.reads);
        for (const node of nodesOf(unit)) replaceInput(graph, node, value, copy);
      }
    }
    units.push(unit);
  }
  const groups = units.filter((unit): unit is Group => !isHostUnit(unit));
  return { grouping: { ...grouping, views, units, groups }, tactics };
}

function replaceInput(graph: Graph, node: Node, old: Value, value: Value): void {
  node.inputs.forEach((input, i) => {
    if (input === old) graph.setInput(node, i, value);
  });
}
