// The structure of a graph: every name is given once, everything that is read is given somewhere, and nodes come after
// what they read (files are meant to be sorted; those that are not get sorted here).

import { quote } from '@trtx/errors';
import { modelError } from './error.ts';
import type { SourceNode } from './nodes.ts';

/**
 * The nodes in data order, in the file's order as far as possible.
 * @param given names of inputs and initializers
 * @param isAround whether the graphs around this one may have a value
 * @throws TrtxError ONNX_MODEL, naming node and tensor
 */
export function sortNodes(
  nodes: readonly SourceNode[],
  given: ReadonlySet<string>,
  isAround: (name: string) => boolean,
): readonly SourceNode[] {
  const producers = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const tensor of node.outputs) {
      if (tensor === '') continue;
      const other = producers.get(tensor);
      if (other !== undefined || given.has(tensor))
        throw modelError(
          other === undefined
            ? 'a node gives a value that is an input or initializer'
            : `two nodes give one value, the other one is ${quote(nodes[other]!.name)}`,
          { node: node.name, tensor },
        );
      producers.set(tensor, i);
    }
  });
  const waiting = nodes.map((node) => {
    const before = new Set<number>();
    for (const tensor of [...node.inputs, ...node.captures]) {
      if (tensor === '' || given.has(tensor)) continue;
      const producer = producers.get(tensor);
      if (producer === undefined && isAround(tensor)) continue;
      if (producer === undefined)
        throw modelError('an input of a node is given nowhere', { node: describe(node), tensor });
      before.add(producer);
    }
    return before;
  });
  if (waiting.every((before, i) => [...before].every((producer) => producer < i))) return nodes;
  return sorted(nodes, waiting);
}

/** Depth first, in the file's order; iterative, since graphs are deep. */
function sorted(nodes: readonly SourceNode[], waiting: readonly ReadonlySet<number>[]): SourceNode[] {
  const result: SourceNode[] = [];
  const state = new Uint8Array(nodes.length);
  for (let root = 0; root < nodes.length; root++) {
    const stack = [root];
    while (stack.length > 0) {
      const at = stack.at(-1)!;
      if (state[at] !== 0) {
        stack.pop();
        if (state[at] === 1) result.push(nodes[at]!);
        state[at] = 2;
        continue;
      }
      state[at] = 1;
      for (const producer of [...waiting[at]!].reverse()) {
        if (state[producer] === 1)
          throw modelError('the graph has a cycle', {
            node: describe(nodes[at]!),
            tensor: [...nodes[at]!.inputs, ...nodes[at]!.captures].find(
              (name) => nodes[producer]!.outputs.includes(name) && name !== '',
            ),
          });
        if (state[producer] === 0) stack.push(producer);
      }
    }
  }
  return result;
}

function describe(node: SourceNode): string {
  return `${node.name} (${node.op})`;
}
