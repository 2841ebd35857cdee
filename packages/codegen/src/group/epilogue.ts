// Epilogues: pointwise nodes that follow an anchor are applied to its result before it is stored.

import { type Node, sameShape, type Value } from '@trtx/ir';
import type { Draft } from './draft.ts';
import type { Formation } from './formation.ts';

export function formEpilogues(formation: Formation): void {
  for (const node of formation.order) {
    if (formation.hosted.has(node) || formation.isKnown(node) || formation.isFree(node)) continue;
    // A kernel computes one result of its node: one with several runs once for each that is wanted.
    for (const value of node.outputs)
      if (value === node.output || formation.isAlive(value)) grow(formation, formation.add(node, node, value));
  }
}

/** Takes the pointwise nodes that follow, as many as one dispatch can do. */
function grow(formation: Formation, draft: Draft): void {
  const candidates = followers(formation, draft.accumulated);
  let fitting = 1;
  for (let next = candidates.shift(); next; next = candidates.shift()) {
    if (!isApplicable(formation, draft, next)) continue;
    draft.append(next);
    formation.claim(draft, next.output);
    for (const follower of followers(formation, next.output))
      if (!candidates.includes(follower)) candidates.push(follower);
    candidates.sort((a, b) => formation.positionOf(a) - formation.positionOf(b));
    if (formation.fits(draft)) fitting = draft.nodes.length;
    // Of several results one may yet be left; of operands none.
    else if (formation.bindingsOf(formation.tensorsOf(draft)) >= formation.limits.bindings) break;
  }
  for (const node of draft.nodes.splice(fitting)) {
    draft.members.delete(node.output);
    formation.claim(undefined, node.output);
  }
}

function followers(formation: Formation, value: Value): Node[] {
  return [...value.users.keys()].filter((node) => formation.isFree(node) && !formation.apart.has(node));
}

/** A pointwise node of the same shape, whose other operands do not come from the group in another way. */
function isApplicable(formation: Formation, draft: Draft, node: Node): boolean {
  if (formation.traitOf(node).kind !== 'pointwise' || node.outputs.length !== 1) return false;
  if (formation.draftOf(node.output) || !formation.isAlive(node.output)) return false;
  const { shape } = draft.accumulated.type;
  if (!sameShape(node.output.type.shape, shape)) return false;
  const [own, others] = split(node.inputs, (value) => draft.members.has(value));
  return own.every((value) => sameShape(value.type.shape, shape)) && !formation.dependOn(others, draft);
}

function split(values: readonly (Value | null)[], test: (value: Value) => boolean): [Value[], Value[]] {
  const present = values.filter((value): value is Value => value !== null);
  return [present.filter(test), present.filter((value) => !test(value))];
}
