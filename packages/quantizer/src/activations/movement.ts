// Nodes that give elements of their inputs on as they are: where their outputs are quantized, their inputs may be, with the
// same scale. Read from traits.

import { type IndexMap, isFloat, type Node, traitOf } from '@trtx/ir';

/**
 * The inputs whose elements the node's output has, all of them computed; undefined where it computes anything itself, may put
 * other numbers than 0 between them, or has more outputs than one.
 */
export function movedInputs(node: Node): readonly number[] | undefined {
  if (node.outputs.length !== 1 || !isFloat(node.output.type.dtype)) return undefined;
  const at = node.view();
  const trait = traitOf(node.op, at);
  const moved = trait.kind === 'injective' ? sourcesOf(node, trait.map(at)) : selects(trait) ? [0] : undefined;
  return moved?.every((i) => node.inputs[i] && !node.inputs[i].constant) ? moved : undefined;
}

function sourcesOf(node: Node, { sources, otherwise }: IndexMap): readonly number[] | undefined {
  // 0 has a code in every scheme; any other number would have to be in the range.
  if (otherwise && !('value' in otherwise && otherwise.value === 0)) {
    const filler = 'input' in otherwise ? node.inputs[otherwise.input]?.constant : undefined;
    if (!filler?.read().every((byte) => byte === 0)) return undefined;
  }
  return sources.length > 0 ? [...new Set(sources.map(({ input }) => input))] : undefined;
}

/** Whether elements of input 0 are picked by their order, which codes have as well. */
function selects(trait: ReturnType<typeof traitOf>): boolean {
  if (trait.kind === 'opaque') return trait.selects === true;
  if (trait.kind !== 'reduction' || !trait.reducer) return false;
  const { combine, each, finish } = trait.reducer;
  return (combine === 'max' || combine === 'min') && !each && !finish;
}
