// Where departing begins: a tensor that is wrong, computed from tensors that are right.

import type { Graph, Value } from '@trtx/ir';
import type { Comparison } from '../compare-tensors.ts';

/**
 * Names of the tensors that depart while nothing does that they are computed from, as far as that was compared: what was not
 * is taken for as right as what it is computed from. In the order of `tensors`.
 */
export function firstDepartures(graph: Graph, tensors: readonly Comparison[]): string[] {
  const byName = new Map(tensors.map((one) => [one.name, one]));
  const outputNames = new Map(graph.outputs.map(({ name, value }) => [value, name]));
  const find = (value: Value) => byName.get(value.name) ?? byName.get(outputNames.get(value) ?? '');
  const firsts = new Set<string>();
  for (const each of graph.withBodies()) {
    const astray = new Set<Value>();
    for (const node of each.topological()) {
      const isFed = node.inputs.some((input) => input && astray.has(input));
      for (const output of node.outputs) {
        const found = find(output);
        if (found ? !found.ok : isFed) astray.add(output);
        if (found && !found.ok && !isFed) firsts.add(found.name);
      }
    }
  }
  const wrong = tensors.flatMap(({ ok, name }) => (ok ? [] : [name]));
  const begun = wrong.filter((name) => firsts.has(name));
  // Of tensors that the graph has not, nothing tells what they come of.
  return begun.length > 0 ? begun : wrong;
}
