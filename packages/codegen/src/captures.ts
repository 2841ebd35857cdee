// What bodies of nodes are given: values around the node, and what its run sets.

import { type Graph, type Node, traitOf, type Value } from '@trtx/ir';

export interface BodyInputs {
  /** Inputs of bodies that are values around their node. */
  readonly captures: ReadonlyMap<Value, Value>;
  /** The other ones. */
  readonly states: ReadonlySet<Value>;
}

/** The inputs of all bodies of a graph. */
export function bodyInputsOf(root: Graph): BodyInputs {
  const captures = new Map<Value, Value>();
  const states = new Set<Value>();
  for (const graph of root.withBodies())
    for (const node of graph.nodes) {
      const captured = capturedBy(node);
      for (const { inputs } of node.bodies) {
        const first = inputs.length - captured.length;
        inputs.forEach((input, i) => {
          if (i < first) states.add(input);
          else captures.set(input, captured[i - first]!);
        });
      }
    }
  return { captures, states };
}

/** The values around a node that its bodies see as their last inputs. */
export function capturedBy(node: Node): Value[] {
  const trait = traitOf(node.op, node.view());
  if (trait.kind !== 'control') return [];
  return node.inputs.slice(node.inputs.length - trait.captured(node.view())) as Value[];
}
