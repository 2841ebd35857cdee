// Epilogues: pointwise nodes that follow an anchor are applied to its result before it is stored, also in another shape.

import { type Node, sameShape, type Value } from '@trtx/ir';
import type { Draft } from './draft.ts';
import type { Formation } from './formation.ts';
import { linearSource } from './view.ts';

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
  while (draft.nodes.length > fitting) remove(formation, draft, draft.nodes.at(-1)!);
  for (const node of draft.nodes.slice(1).reverse())
    if (isBetterLeft(formation, draft, node)) remove(formation, draft, node);
}

function remove(formation: Formation, draft: Draft, node: Node): void {
  draft.nodes.splice(draft.nodes.indexOf(node), 1);
  draft.members.delete(node.output);
  formation.claim(undefined, node.output);
}

/**
 * True for what would be stored beside that which it is made of, or would change the shape last, though it need not be: its
 * reader can compute it on the way, or it is a view.
 */
function isBetterLeft(formation: Formation, draft: Draft, node: Node): boolean {
  const results = formation.resultsOf(draft);
  // What other nodes of the group read would not be in memory for them.
  if (!results.includes(node.output) || draft.nodes.some(({ inputs }) => inputs.includes(node.output))) return false;
  if (formation.movements.has(node.output)) return true;
  if (formation.isWanted(node.output) || node.output.users.size !== 1) return false;
  const [[reader, indices]] = [...node.output.users] as [[Node, ReadonlySet<number>]];
  const isReduced = formation.traitOf(reader).kind === 'reduction' && indices.size === 1 && indices.has(0);
  const own = node.inputs.filter((value): value is Value => value !== null && draft.members.has(value));
  return isReduced && own.every((value) => results.includes(value));
}

function followers(formation: Formation, value: Value): Node[] {
  return [...value.users.keys()].filter((node) => formation.isFree(node) && !formation.apart.has(node));
}

/**
 * A pointwise node of the same shape, whose other operands do not come from the group in another way; or the one reader of
 * what it puts in another shape.
 */
function isApplicable(formation: Formation, draft: Draft, node: Node): boolean {
  const { output } = node;
  if (node.outputs.length !== 1 || formation.draftOf(output) || !formation.isAlive(output)) return false;
  const [own, others] = split(node.inputs, (value) => draft.members.has(value));
  if (formation.traitOf(node).kind !== 'pointwise') {
    const source = linearSource(output);
    return source !== undefined && own.includes(source) && source.users.size === 1 && !formation.isWanted(source);
  }
  return own.every(({ type }) => sameShape(type.shape, output.type.shape)) && !formation.dependOn(others, draft);
}

function split(values: readonly (Value | null)[], test: (value: Value) => boolean): [Value[], Value[]] {
  const present = values.filter((value): value is Value => value !== null);
  return [present.filter(test), present.filter((value) => !test(value))];
}
