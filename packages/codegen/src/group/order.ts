// The order of groups and host nodes.

import { type Graph, symbolsOf, type Value } from '@trtx/ir';
import type { Draft } from './draft.ts';
import type { Formation } from './formation.ts';
import { type Group, type HostUnit, isHostUnit, type Unit } from './group.ts';

/**
 * Data order over units: each runs where its first node stands, or as soon after as its operands are there; where the host
 * computes nodes, all that can be submitted before it waits goes first.
 */
export function sortUnits(formation: Formation): Unit[] {
  const { units, maker, computed } = finish(formation);
  const teller = tellers(units, formation.graph);
  const done = new Set<Unit>();
  const sorted: Unit[] = [];
  for (const root of units) {
    const stack = [{ unit: root, pending: dependencies(root) }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (done.has(top.unit)) {
        stack.pop();
        continue;
      }
      const next = top.pending.pop();
      if (next) {
        if (!done.has(next)) stack.push({ unit: next, pending: dependencies(next) });
        continue;
      }
      done.add(top.unit);
      sorted.push(top.unit);
      stack.pop();
    }
  }
  return inPhases(sorted, dependencies);

  function dependencies(unit: Unit): Unit[] {
    const found = new Set<Unit>();
    const own = computed.get(unit)!;
    const stack: (Value | null)[] = isHostUnit(unit) ? [...unit.node.inputs] : operandsOf(unit);
    const seen = new Set<Value>();
    for (const value of own) addTellers(value);
    while (stack.length > 0) {
      const value = stack.pop();
      if (!value || own.has(value) || seen.has(value)) continue;
      seen.add(value);
      addTellers(value);
      const source = maker.get(value);
      // What no unit makes is a view, or is written in place by those that make its parts.
      if (source) found.add(source);
      else if (value.producer && !formation.isKnown(value.producer)) stack.push(...value.producer.inputs);
    }
    found.delete(unit);
    return [...found].reverse();

    /** Sizes are operands too, where a host node tells them. */
    function addTellers({ type, contents }: Value): void {
      if (teller.size === 0) return;
      for (const dim of [...type.shape, ...(contents?.values ?? [])])
        for (const symbol of symbolsOf(dim).keys()) {
          const unit = teller.get(symbol);
          if (unit) found.add(unit);
        }
    }
  }
}

function operandsOf({ nodes, prologue }: Group): (Value | null)[] {
  return [...nodes, ...[...prologue].map((value) => value.producer!)].flatMap((node) => [...node.inputs]);
}

/** Units in the order of their first nodes, who makes each value, and what each computes. */
function finish(formation: Formation) {
  const units: Unit[] = [];
  const maker = new Map<Value, Unit>();
  const computed = new Map<Unit, ReadonlySet<Value>>();
  const seen = new Set<Draft>();
  const add = (unit: Unit, own: ReadonlySet<Value>) => {
    units.push(unit);
    computed.set(unit, own);
    for (const value of own) maker.set(value, unit);
  };
  for (const node of formation.order) {
    const reason = formation.hosted.get(node);
    if (reason !== undefined) add({ node, reason }, new Set(node.outputs));
    for (const value of node.outputs) {
      const draft = formation.draftOf(value);
      if (!draft || draft.accumulated !== value || seen.has(draft)) continue;
      seen.add(draft);
      add(groupOf(formation, draft), draft.computed);
    }
  }
  return { units, maker, computed };
}

function groupOf(formation: Formation, draft: Draft): Group {
  const { anchor, nodes, accumulated, prologue } = draft;
  return { anchor, nodes, accumulated, prologue, results: formation.resultsOf(draft) };
}
/** The host node that tells each symbol which no input has. */
function tellers(units: readonly Unit[], graph: Graph): Map<string, HostUnit> {
  const found = new Map<string, HostUnit>();
  const ofInputs = new Set(graph.inputs.flatMap(({ type }) => type.shape.flatMap((d) => [...symbolsOf(d).keys()])));
  for (const unit of units) {
    if (!isHostUnit(unit)) continue;
    const dims = unit.node.outputs.flatMap(({ type, contents }) => [...type.shape, ...(contents?.values ?? [])]);
    for (const symbol of dims.flatMap((dim) => [...symbolsOf(dim).keys()]))
      if (!ofInputs.has(symbol) && !found.has(symbol)) found.set(symbol, unit);
  }
  return found;
}

/** Sorted units by phases: even ones on the GPU, odd ones on the host, each unit in the first that it can be in. */
function inPhases(sorted: readonly Unit[], dependencies: (unit: Unit) => readonly Unit[]): Unit[] {
  if (!sorted.some(isHostUnit)) return [...sorted];
  const phases = new Map<Unit, number>();
  for (const unit of sorted) {
    const least = isHostUnit(unit) ? 1 : 0;
    const after = dependencies(unit).reduce((most, other) => Math.max(most, phases.get(other)!), least);
    phases.set(unit, after % 2 === least ? after : after + 1);
  }
  return [...sorted].sort((a, b) => phases.get(a)! - phases.get(b)!);
}
