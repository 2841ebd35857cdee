// One spelling of movement that changes the shape alone: Reshape with a constant target where there is one.

import type { Dim, Known, Node, Value } from '@trtx/ir';
import { permutationOf } from '../match.ts';
import type { NewValue, Patch } from '../patch.ts';
import { definePass, defineRule } from '../rule.ts';

/** Squeeze, Unsqueeze and Flatten are Reshapes. */
const asReshape = defineRule({
  name: 'as-reshape',
  ops: ['Squeeze', 'Unsqueeze', 'Flatten'],
  apply: (node, patch) => reshapeTo(node, node.inputs[0]!, patch, `${node.op.name} as Reshape`),
});

/** A target that the graph computes, but that a constant with 0 (as in the input) and -1 (what is left) can say. */
const constantTarget = defineRule({
  name: 'constant-target',
  ops: ['Reshape'],
  apply(node, patch) {
    if (node.inputs[1]!.constant) return undefined;
    return reshapeTo(node, node.inputs[0]!, patch, 'a constant target');
  },
});

/** Reshape of a Reshape is one from the first shape to the last. */
const reshapeOfReshape = defineRule({
  name: 'reshape-of-reshape',
  ops: ['Reshape'],
  apply(node, patch) {
    const inner = node.inputs[0]!.producer;
    if (inner?.op.name !== 'Reshape' || inner.op.domain !== '') return undefined;
    patch.covers(inner);
    const merged = reshapeTo(node, inner.inputs[0]!, patch, 'Reshape of Reshape');
    if (merged) return merged;
    // The target that the graph computes serves as well, unless it copies dims of the shape in between.
    const target = node.inputs[1]!;
    const copies = !node.view().int('allowzero') && target.contents!.values.some((dim) => dim === 0);
    if (copies) return undefined;
    const y = patch.node('Reshape', [inner.inputs[0], target], node.attributes);
    return keepsType(y, node.output, patch) ? patch.replace(node.output, y, 'Reshape of Reshape') : undefined;
  },
});

/** Transpose of a Transpose is one. */
const transposeOfTranspose = defineRule({
  name: 'transpose-of-transpose',
  ops: ['Transpose'],
  apply(node, patch) {
    const inner = node.inputs[0]!.producer;
    if (inner?.op.name !== 'Transpose' || inner.op.domain !== '') return undefined;
    const first = permutationOf(inner);
    const perm = permutationOf(node).map((axis) => first[axis]!);
    const y = patch.covers(inner).node('Transpose', [inner.inputs[0]], { perm });
    return patch.replace(node.output, y, 'Transpose of Transpose');
  },
});

/** A Transpose that leaves the axes longer than 1 in their order moves no element. */
const transposeOfUnits = defineRule({
  name: 'transpose-of-units',
  ops: ['Transpose'],
  apply(node, patch) {
    const { shape } = node.inputs[0]!.type;
    const perm = permutationOf(node);
    const moved = perm.filter((axis) => shape[axis] !== 1);
    if (moved.some((axis, i) => i > 0 && axis < moved[i - 1]!) || perm.every((axis, i) => axis === i)) return undefined;
    return reshapeTo(node, node.inputs[0]!, patch, 'moves axes of size 1 only');
  },
});

export const canonicalReshapes = definePass({
  name: 'canonical-reshapes',
  summary: 'Squeeze, Unsqueeze and Flatten become Reshape; chains of Reshape or Transpose become one',
  rules: [asReshape, constantTarget, reshapeOfReshape, transposeOfTranspose, transposeOfUnits],
});

/** Replaces the node by a Reshape of `from` with a constant target, where one can say the node's shape. */
function reshapeTo(node: Node, from: Value, patch: Patch, reason: string): Patch | undefined {
  const target = targetOf(from.type.shape, node.output.type.shape, patch);
  if (!target) return undefined;
  const y = patch.node('Reshape', [from, patch.integers(target, `${node.name}.shape`)]);
  return keepsType(y, node.output, patch) ? patch.replace(node.output, y, reason) : undefined;
}

/**
 * The operand of a Reshape between two shapes: numbers, -1 for the one dim that is symbolic, or 0 for symbolic dims that
 * are the input's and -1 for the one that is left. Undefined where more are left, and where a dim is 0 itself.
 */
export function targetOf(from: readonly Dim[], to: readonly Dim[], patch: Patch): number[] | undefined {
  if (to.includes(0) || from.includes(0)) return undefined;
  const symbolic = to.filter((dim) => typeof dim !== 'number').length;
  const target = to.map((dim, i) => {
    if (typeof dim === 'number') return dim;
    return symbolic > 1 && i < from.length && patch.sameDim(dim, from[i]!) ? 0 : -1;
  });
  return target.filter((dim) => dim === -1).length <= 1 ? target : undefined;
}

function keepsType(y: NewValue, old: Known, patch: Patch): boolean {
  return patch.sameShape(y.type.shape, old.type.shape);
}
