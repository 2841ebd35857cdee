// Forms the groups of a graph: epilogues of anchors first, then what is computed on the way to groups, then groups that do
// the work of several; at last their order, and what they may write over.

import type { Graph, Node } from '@trtx/ir';
import { formEpilogues } from './epilogue.ts';
import { Formation, type GroupLimits } from './formation.ts';
import { type Group, type Grouping, isHostUnit } from './group.ts';
import { mergeGroups } from './merge.ts';
import { sortUnits } from './order.ts';
import { formPrologues } from './prologue.ts';
import { reuseOperands } from './reuse.ts';

/**
 * @param hosted nodes that the host computes at run time: they join no group, and what they read is in memory
 * @param apart nodes that join no group before theirs
 * @param isBody whether it is one of a node: then outputs whose elements are known need not be in memory
 */
export function formGroups(
  graph: Graph,
  limits: GroupLimits,
  hosted: ReadonlyMap<Node, string> = new Map(),
  apart: ReadonlySet<Node> = new Set(),
  isBody = false,
): Grouping {
  const formation = new Formation(graph, limits, hosted, apart, isBody);
  formEpilogues(formation);
  formPrologues(formation);
  mergeGroups(formation);
  const units = sortUnits(formation);
  const views = formation.views();
  reuseOperands(formation, units, views);
  return {
    groups: units.filter((unit) => !isHostUnit(unit)) as Group[],
    units,
    views,
    moves: formation.moves(),
    host: formation.host,
    states: new Set(),
  };
}
