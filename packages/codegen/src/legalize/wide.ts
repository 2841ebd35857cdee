// Nodes of more operands than one dispatch can bind, in several.

import { type Graph, type Node, traitOf, type Value } from '@trtx/ir';
import type { Hosted } from '../host/placement.ts';
import { mostPartsOf } from '../memory/parts.ts';
import { storageOf } from '../storage.ts';
import type { TargetLimits } from '../target.ts';

/**
 * A node whose operands take more bindings than one dispatch has, if its op takes any number of operands, becomes a tree of
 * nodes.
 * @param settled nodes that stay as they are
 */
export function splitWide(graph: Graph, limits: TargetLimits, settled: Hosted): void {
  for (const node of graph.topological()) {
    if (settled.has(node) || !isAssociative(node) || !storageOf(node.output.type.dtype)) continue;
    const bindingsOf = (value: Value | null) => (value ? mostPartsOf(value, limits) : 0);
    const total = (values: readonly (Value | null)[]) => values.reduce((sum, value) => sum + bindingsOf(value), 0);
    const most = limits.maxStorageBuffersPerShaderStage - bindingsOf(node.output);
    let operands = [...node.inputs];
    if (total(operands) <= most) continue;
    const combine = (part: readonly (Value | null)[]) =>
      graph.addNode(node.op, part, node.attributes, { origin: node.origin }).output;
    while (total(operands) > most) {
      const parts = inTurn(operands, most, bindingsOf);
      // Two of them are too many: nothing is won.
      if (parts.length === operands.length) break;
      operands = parts.map((part) => (part.length === 1 ? part[0]! : combine(part)));
    }
    graph.replaceUses(node.output, combine(operands));
    graph.removeNode(node);
  }
}

/** A list cut into runs of at most so much weight, each of at least one item. */
function inTurn<T>(items: readonly T[], most: number, weightOf: (item: T) => number): T[][] {
  const runs: T[][] = [];
  let room = 0;
  for (const item of items) {
    const weight = weightOf(item);
    if (runs.length === 0 || weight > room) {
      runs.push([]);
      room = most;
    }
    runs.at(-1)!.push(item);
    room -= weight;
  }
  return runs;
}

/** Pointwise and injective ops of any number of operands are: combining in parts gives the same result. */
function isAssociative(node: Node): boolean {
  const { kind } = traitOf(node.op, node.view());
  return node.op.inputs.at(-1)?.variadic === true && (kind === 'pointwise' || kind === 'injective');
}
