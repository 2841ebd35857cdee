// Rewrites that the target needs, before groups are formed.

import { type Graph, isContainer, type Node, standardOps, traitOf, type Value } from '@trtx/ir';
import { linearSource } from '../group/view.ts';
import type { Target } from '../target.ts';
import { writeOutPicks } from './picks.ts';

/**
 * Makes every graph output a tensor that a dispatch writes and nothing else is, and every node's operands few enough
 * for one dispatch.
 */
export function legalize(graph: Graph, target: Target): void {
  const written = [...graph.withBodies()].map(writeOutPicks);
  if (written.includes(true)) graph.reinfer();
  for (const each of graph.withBodies()) {
    ownOutputs(each, each !== graph);
    splitWideConcats(each, target.limits.maxStorageBuffersPerShaderStage - 1);
  }
}

/** An output that is an input, a constant, or the memory of another output gets a copy of its own. */
function ownOutputs(graph: Graph, isBody: boolean): void {
  const identity = standardOps.get('Identity')!;
  const claimed = new Set<Value>();
  for (const output of graph.outputs) {
    let root = output.value;
    // The host has these, and hands them on as they are.
    if (isContainer(root.type.dtype) || (isBody && root.contents)) continue;
    for (let next = linearSource(root); next; next = linearSource(root)) root = next;
    if (root.producer && !claimed.has(root)) claimed.add(root);
    else {
      const { producer, constant } = output.value;
      // What copies a constant does nothing of the model's.
      const origin = producer?.origin ?? (constant ? [] : undefined);
      output.value = graph.addNode(identity, [output.value], {}, { name: output.name, origin }).output;
    }
  }
}

/** A node with more operands than one dispatch can bind, if its op takes any number of them, becomes a tree of nodes. */
function splitWideConcats(graph: Graph, most: number): void {
  for (const node of graph.topological()) {
    if (!isAssociative(node) || node.inputs.length <= most) continue;
    let operands = [...node.inputs];
    while (operands.length > most) {
      const next: (Value | null)[] = [];
      for (let i = 0; i < operands.length; i += most) {
        const part = operands.slice(i, i + most);
        const combine = () => graph.addNode(node.op, part, node.attributes, { origin: node.origin }).output;
        next.push(part.length === 1 ? part[0]! : combine());
      }
      operands = next;
    }
    graph.replaceUses(node.output, graph.addNode(node.op, operands, node.attributes, { origin: node.origin }).output);
    graph.removeNode(node);
  }
}

/** Pointwise and injective ops of any number of operands are: combining in parts gives the same result. */
function isAssociative(node: Node): boolean {
  const { kind } = traitOf(node.op, node.view());
  return node.op.inputs.at(-1)?.variadic === true && (kind === 'pointwise' || kind === 'injective');
}
