// What formats are chosen for: groups, each with the ways in which its tactics treat formats.

import type { Value } from '@trtx/ir';
import { appliedTo } from '../group/applied.ts';
import { isNumber } from '../group/formation.ts';
import { computedBy, type Group, type Grouping, nodesOf } from '../group/group.ts';
import type { Tactic } from '../tactics.ts';
import type { FormatUse } from './format.ts';

export interface Formatted {
  readonly grouping: Grouping;
  /** Of each group, at least one; once formats are chosen, those for them. */
  readonly tactics: ReadonlyMap<Group, readonly Tactic[]>;
}

/** Tactics of a group that treat formats alike. */
export interface Option {
  readonly use: FormatUse;
  readonly tactics: readonly Tactic[];
}

export function optionsOf(tactics: readonly Tactic[]): Option[] {
  const byUse = new Map<string, { use: FormatUse; tactics: Tactic[] }>();
  for (const tactic of tactics) {
    const { reads, writes, needs } = tactic.formats;
    const key = `${reads} ${writes} ${needs === 'all' ? needs : needs.map(({ name }) => name).join(' ')}`;
    const known = byUse.get(key);
    if (known) known.tactics.push(tactic);
    else byUse.set(key, { use: tactic.formats, tactics: [tactic] });
  }
  return [...byUse.values()];
}

/** What a group reads from memory. */
export function operandsOf(group: Group): Set<Value> {
  const own = computedBy(group);
  const isRead = (value: Value | null): value is Value =>
    value !== null && !own.has(value) && !isNumber(value) && (!value.contents || value.constant !== null);
  return new Set([...nodesOf(group)].flatMap(({ inputs }) => inputs.filter(isRead)));
}

/** True where a group has to have what it reads in a format: an operand of its kernel, or what code makes that of. */
export function isNeeded(group: Group, { needs }: FormatUse, value: Value): boolean {
  if (needs === 'all') return true;
  const own = computedBy(group);
  return needs.some((operand) => {
    let at: Value | undefined = operand;
    while (at && own.has(at)) at = appliedTo(at);
    return at === value;
  });
}
