// Prologues: what remains of pointwise and injective nodes is computed where it is read, if one group alone reads it, each
// element few times; or is memory of another value; or is written in place into its reader; or is a group of its own.
//
// Readers come first: whether a value is computed on the way depends on how often its readers are.

import { flopsOf, type Node, product, sameShape, type Value } from '@trtx/ir';
import { typical } from '../typical.ts';
import { appliedTo } from './applied.ts';
import { codeMatrix, givesNumbers } from './codes.ts';
import { MOST_EXTRA, weightOf } from './cost.ts';
import type { Draft } from './draft.ts';
import type { Formation } from './formation.ts';
import { writeInPlace } from './in-place.ts';

/** How often one group computes each element of a value: at the place of the element that it stores, and elsewhere. */
interface Repeats {
  readonly here: number;
  readonly elsewhere: number;
}

/** Who reads a value. */
interface Demand {
  /** Somebody reads it from memory. */
  readonly memory: boolean;
  readonly groups: ReadonlyMap<Draft, Repeats>;
}

export function formPrologues(formation: Formation): void {
  const { order, graph, isBody } = formation;
  const demands = new Map<Value, Demand>();
  for (const node of order.toReversed()) {
    if (formation.isKnown(node)) {
      // Known contents are printed where they are read; only a graph output needs them in memory.
      for (const value of node.outputs) if (graph.isOutput(value) && !isBody) formation.add(null, node, value);
      continue;
    }
    if (!formation.isFree(node)) continue;
    for (const value of node.outputs) {
      if (formation.draftOf(value)) continue;
      const demand = demandOf(formation, value, demands);
      demands.set(value, demand);
      if (formation.movements.has(value) || writeInPlace(formation, value)) continue;
      const home = homeOf(formation, node, value, demand);
      if (home) inline(formation, home, value);
      else formation.add(null, node, value);
    }
  }
}

/** The group that computes a value on the way, if one is to. */
function homeOf(formation: Formation, node: Node, value: Value, { memory, groups }: Demand): Draft | undefined {
  if (memory || groups.size !== 1 || formation.apart.has(node)) return undefined;
  const [[draft, { here, elsewhere }]] = groups as unknown as [[Draft, Repeats]];
  const isOperand = isMultiplied(formation, draft, value);
  if (isOperand && !givesNumbers(node) && !liesBehind(formation, value)) return undefined;
  // Of an operand each element is read as often, be it in memory.
  const weight = weightOf(formation.traitOf(node), node) - (isOperand ? 1 : 0);
  const again = Math.max(here + elsewhere - 1, 0) * weight;
  if (draft.extra + again > MOST_EXTRA) return undefined;
  draft.prologue.add(value);
  const fits = formation.fits(draft);
  draft.prologue.delete(value);
  if (!fits) return undefined;
  draft.extra += again;
  return draft;
}

/** Has a group compute a value, and what is read as a view of it. */
function inline(formation: Formation, draft: Draft, value: Value): void {
  const stack = [value];
  for (let next = stack.pop(); next; next = stack.pop()) {
    draft.prologue.add(next);
    formation.claim(draft, next);
    for (const node of next.users.keys())
      for (const output of node.outputs) if (formation.movements.has(output)) stack.push(output);
  }
}

function demandOf(formation: Formation, value: Value, demands: ReadonlyMap<Value, Demand>): Demand {
  const groups = new Map<Draft, Repeats>();
  // Of a table of codes few rows may be read: then making numbers of all of them is what takes long.
  const least = value.producer && givesNumbers(value.producer) ? 0 : 1;
  let memory = formation.isWanted(value) || value.users.size === 0;
  const read = (draft: Draft, { here, elsewhere }: Repeats) => {
    const known = groups.get(draft) ?? { here: 0, elsewhere: 0 };
    // Fused code computes an element once at each place.
    groups.set(draft, { here: Math.max(known.here, here), elsewhere: known.elsewhere + elsewhere });
  };
  for (const [node, indices] of value.users) {
    if (formation.hosted.has(node) || formation.isKnown(node)) continue;
    if (!formation.isFree(node)) {
      const passes = passesOf(formation, node, indices, value);
      if (passes === undefined) memory = true;
      else read(formation.draftOf(node.output)!, { here: 0, elsewhere: passes });
      continue;
    }
    const isPointwise = formation.traitOf(node).kind === 'pointwise';
    for (const output of node.outputs) {
      const own = repeatsOf(formation, output, demands);
      memory ||= own.memory;
      const stays = isPointwise && sameShape(output.type.shape, value.type.shape);
      const factor = stays || readsOnce(formation, node, indices) ? 1 : Math.max(ratio(output, value), least);
      for (const [draft, { here, elsewhere }] of own.groups)
        read(draft, stays ? { here, elsewhere } : { here: 0, elsewhere: factor * (here + elsewhere) });
    }
  }
  return { memory, groups };
}

/** Who computes a reader's result, and how often; of a view, who reads it. */
function repeatsOf(formation: Formation, value: Value, demands: ReadonlyMap<Value, Demand>): Demand {
  const draft = formation.draftOf(value);
  if (draft?.members.has(value)) return { memory: false, groups: new Map([[draft, { here: 1, elsewhere: 0 }]]) };
  return demands.get(value) ?? { memory: true, groups: new Map() };
}

/** How often a node with a kernel of its own reads each element of an operand that may be computed on the way. */
function passesOf(formation: Formation, node: Node, indices: ReadonlySet<number>, operand: Value): number | undefined {
  const trait = formation.traitOf(node);
  if (trait.kind === 'contraction') {
    const [input, ...others] = indices;
    const isDecoded = others.length === 0 && formation.limits.decodes?.(node, input!) && codeMatrix(node, input!);
    return isDecoded ? 1 : contractionPasses(formation, node, indices, operand);
  }
  if (trait.kind !== 'reduction' || indices.size > 1 || !indices.has(0)) return undefined;
  const drafts = new Set(node.outputs.map((value) => formation.draftOf(value)).filter((draft) => draft));
  if (drafts.size > 1) return undefined;
  return trait.reducer ? 1 : 3;
}

/** True where a group's contraction reads a value, or what the group makes of it on the way there. */
function isMultiplied(formation: Formation, { anchor, prologue }: Draft, value: Value): boolean {
  if (!anchor || formation.traitOf(anchor).kind !== 'contraction') return false;
  const stack = [value];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (at.users.has(anchor)) return true;
    for (const node of at.users.keys()) stack.push(...node.outputs.filter((output) => prologue.has(output)));
  }
  return false;
}

/** Of an operand of a contraction: one that is addressed in memory, where nothing but code for each element is between. */
function contractionPasses(
  formation: Formation,
  node: Node,
  indices: ReadonlySet<number>,
  operand: Value,
): number | undefined {
  const flops = flopsOf(node);
  if (flops === undefined || indices.size > 1 || !liesBehind(formation, operand)) return undefined;
  const products = typical(flops) / 2 / (formation.limits.reuse ?? 1);
  return Math.max(products / typical(product(operand.type.shape)), 1);
}

/**
 * True where all that makes a value is applied to each element of a tensor that is in memory anyway: what a map computes can
 * be computed by the map as well.
 */
function liesBehind(formation: Formation, value: Value): boolean {
  let at = appliedTo(value);
  while (at?.producer && formation.isFree(at.producer) && !formation.draftOf(at) && !formation.movements.has(at))
    at = appliedTo(at);
  if (!at || at.contents) return false;
  const base = formation.movements.get(at)?.storage ?? at;
  return base.producer === null || formation.hosted.has(base.producer) || Boolean(formation.draftOf(base)?.anchor);
}

/** True where an injective node reads an operand in a range of its own, each element once. */
function readsOnce(formation: Formation, node: Node, indices: ReadonlySet<number>): boolean {
  const trait = formation.traitOf(node);
  if (trait.kind !== 'injective' || indices.size > 1) return false;
  const [source, ...others] = trait.map(node.view()).sources.filter(({ input }) => indices.has(input));
  return source?.where !== undefined && others.length === 0;
}

/** Elements of one value for each of another. */
function ratio(a: Value, b: Value): number {
  return typical(product(a.type.shape)) / typical(product(b.type.shape));
}
