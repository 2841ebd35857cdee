// Groups with several results: pointwise groups of one shape that read each other, or the same tensors, become one, which
// stores what is read of any; a reduction computes on the way what others read too, and stores that beside its own result.

import { sameShape, type Value } from '@trtx/ir';
import { MOST_EXTRA, weightOf } from './cost.ts';
import type { Draft } from './draft.ts';
import type { Formation } from './formation.ts';

/** How often a reduction without a reducer reads each element. */
const PASSES = 3;

export function mergeGroups(formation: Formation): void {
  for (const node of formation.order)
    for (const value of node.outputs) {
      const draft = formation.draftOf(value);
      if (!draft || draft.accumulated !== value) continue;
      if (draft.anchor) joinInput(formation, draft);
      else if (formation.isFree(node)) joinNeighbours(formation, draft);
    }
}

/** Takes into a map what reads its results or its operands. */
function joinNeighbours(formation: Formation, first: Draft): void {
  let draft = first;
  const tried = new Set<Value>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const other of neighbours(formation, draft)) {
      if (tried.has(other.accumulated)) continue;
      tried.add(other.accumulated);
      const joined = draft.with(other, true);
      if (!canJoin(formation, draft, other) || !formation.fits(joined)) continue;
      formation.put(joined);
      draft = joined;
      grown = true;
    }
  }
}

function neighbours(formation: Formation, draft: Draft): Set<Draft> {
  const found = new Set<Draft>();
  const shared = [...draft.members, ...[...formation.tensorsOf(draft)].filter((value) => !value.constant)];
  for (let value = shared.pop(); value; value = shared.pop())
    for (const node of value.users.keys())
      for (const output of node.outputs) {
        const other = formation.draftOf(output);
        if (other && other !== draft && !other.anchor && other.members.has(output)) found.add(other);
        else if (!other && formation.movements.has(output)) shared.push(output);
      }
  return found;
}

/** Takes into a reduction the map that computes its input, though others read that too. */
function joinInput(formation: Formation, draft: Draft): void {
  if (formation.traitOf(draft.anchor!).kind !== 'reduction') return;
  const input = draft.anchor!.inputs[0];
  const other = input && formation.draftOf(input);
  if (!other || other.anchor || !other.members.has(input) || !canJoin(formation, draft, other)) return;
  const joined = draft.with(other, false);
  joined.extra += other.allNodes().reduce((sum, node) => {
    return sum + (PASSES - 1) * weightOf(formation.traitOf(node), node);
  }, 0);
  if (joined.extra <= MOST_EXTRA && formation.fits(joined)) formation.put(joined);
}

/** True where two groups of one shape can be one. */
function canJoin(formation: Formation, draft: Draft, other: Draft): boolean {
  if ([...draft.allNodes(), ...other.allNodes()].some((node) => formation.apart.has(node) || formation.isKnown(node)))
    return false;
  if (!sameShape(draft.accumulated.type.shape, other.accumulated.type.shape)) return false;
  const isOwn = (value: Value) => draft.computed.has(value) || other.computed.has(value);
  const outside = (each: Draft) => each.operands().filter((value) => !isOwn(value));
  return (
    readsInPlace(formation, draft, other) &&
    readsInPlace(formation, other, draft) &&
    !formation.dependOn(outside(other), draft) &&
    !formation.dependOn(outside(draft), other)
  );
}

/** True where a group reads of another only elements at the place that it computes, or the rows that it reduces. */
function readsInPlace(formation: Formation, draft: Draft, other: Draft): boolean {
  const { shape } = other.accumulated.type;
  for (const node of draft.allNodes())
    for (const value of node.inputs) {
      if (!value || draft.computed.has(value)) continue;
      const base = formation.movements.get(value)?.storage ?? value;
      if (!other.computed.has(base)) continue;
      if (base !== value) return false;
      if (node === draft.anchor) {
        if (node.inputs.indexOf(value) !== 0 || node.inputs.lastIndexOf(value) !== 0) return false;
      } else if (formation.traitOf(node).kind !== 'pointwise' || !sameShape(node.output.type.shape, shape))
        return false;
    }
  return true;
}
