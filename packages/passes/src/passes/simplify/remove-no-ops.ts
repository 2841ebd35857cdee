// Removes nodes that give their input on unchanged. Which these are is read from traits: scalar expressions and index maps.

import { type IndexMap, type Node, numbersOf, opName, type Scalar, traitOf } from '@trtx/ir';
import { splatOf } from '../../match.ts';
import type { Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

/** Identity, Dropout, Cast to the same type; Reshape, Transpose, Slice, Expand, Pad, Concat that change nothing. */
const passThrough = defineRule({
  name: 'pass-through',
  ops: (op) => op.trait.kind === 'pointwise' || op.trait.kind === 'injective' || op.traitAt !== undefined,
  apply(node, patch) {
    const at = node.view();
    const trait = traitOf(node.op, at);
    if (node.outputs.length !== 1) return undefined;
    if (trait.kind === 'pointwise') {
      const scalar = trait.scalar(at);
      return scalar.kind === 'arg' ? giveOn(node, patch, scalar.index) : undefined;
    }
    if (trait.kind !== 'injective') return undefined;
    const map = trait.map(at);
    const source = map.sources[0];
    return source && isIdentity(map, node, patch) ? giveOn(node, patch, source.input) : undefined;
  },
});

const NEUTRAL: Readonly<Record<string, { readonly right?: number; readonly left?: number }>> = {
  add: { right: 0, left: 0 },
  sub: { right: 0 },
  mul: { right: 1, left: 1 },
  div: { right: 1 },
  pow: { right: 1 },
  and: { right: 1, left: 1 },
  or: { right: 0, left: 0 },
  xor: { right: 0, left: 0 },
  bitor: { right: 0, left: 0 },
  bitxor: { right: 0, left: 0 },
  shl: { right: 0 },
  shr: { right: 0 },
  min: { right: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY },
  max: { right: Number.NEGATIVE_INFINITY, left: Number.NEGATIVE_INFINITY },
};

/** x + 0, x − 0, x · 1, x / 1, x¹, x ∧ true, x ∨ false, … Zeros lose their sign in x + 0. */
const neutralOperand = defineRule({
  name: 'neutral-operand',
  ops: (op) => op.trait.kind === 'pointwise',
  apply(node, patch) {
    if (node.inputs.length !== 2) return undefined;
    const [left, right] = node.inputs.map(splatOf);
    if (left === undefined && right === undefined) return undefined;
    const trait = traitOf(node.op, node.view());
    const scalar = trait.kind === 'pointwise' ? trait.scalar(node.view()) : undefined;
    if (scalar?.kind !== 'binary' || !isArg(scalar.a, 0) || !isArg(scalar.b, 1)) return undefined;
    const neutral = NEUTRAL[scalar.op];
    if (right !== undefined && neutral?.right === right) return giveOn(node, patch, 0);
    return left !== undefined && neutral?.left === left ? giveOn(node, patch, 1) : undefined;
  },
});

/** Clip loses bounds that are infinite. */
const clipWithoutBounds = defineRule({
  name: 'clip-without-bounds',
  ops: ['Clip'],
  apply(node, patch) {
    const [x, low, high] = node.inputs;
    const noLow = low && splatOf(low) === Number.NEGATIVE_INFINITY;
    const noHigh = high && splatOf(high) === Number.POSITIVE_INFINITY;
    if (!noLow && !noHigh) return undefined;
    const y = patch.node('Clip', [x, noLow ? null : low, noHigh ? null : high]);
    return patch.replace(node.output, y, 'an infinite bound');
  },
});

/** Resize to the size that the input has, in every mode that then reads whole coordinates. */
const resizeToSameSize = defineRule({
  name: 'resize-to-same-size',
  ops: ['Resize'],
  apply(node, patch) {
    const scales = node.inputs[2]?.constant;
    const factors = scales && numbersOf(scales);
    if (factors?.some((factor) => factor !== 1)) return undefined;
    return node.view().string('coordinate_transformation_mode') === 'tf_crop_and_resize'
      ? undefined
      : giveOn(node, patch, 0);
  },
});

/** Outputs at the end that the op may leave out, and that nothing reads: Dropout without its mask is what it is given. */
const unusedOutputs = defineRule({
  name: 'unused-outputs',
  ops: (op) => op.outputs.some(({ optional }) => optional),
  apply(node, patch) {
    const [first, ...others] = node.outputs;
    if (others.length === 0 || node.bodies.length > 0 || patch.isUnused(first!)) return undefined;
    if (!others.every((output, i) => patch.isUnused(output) && node.op.outputs[i + 1]?.optional)) return undefined;
    return patch.replace(first!, patch.node(opName(node.op), node.inputs, node.attributes), 'unused outputs');
  },
});

export const removeNoOps = definePass({
  name: 'remove-no-ops',
  summary: 'nodes that give an input on unchanged are removed',
  rules: [passThrough, neutralOperand, clipWithoutBounds, resizeToSameSize, unusedOutputs],
});

function giveOn(node: Node, patch: Patch, index: number): Patch | undefined {
  const input = node.inputs[index]!;
  const { type } = node.output;
  if (input.type.dtype !== type.dtype || !patch.sameShape(input.type.shape, type.shape)) return undefined;
  return patch.replace(node.output, input, 'gives its input on');
}

/** True where each output element is the input element at the same place. */
function isIdentity(map: IndexMap, node: Node, patch: Patch): boolean {
  const source = map.sources[0]!;
  if (map.sources.length !== 1) return false;
  const { shape } = node.inputs[source.input]!.type;
  // Outside of what the conditions say there is something else, unless they hold everywhere.
  const everywhere = (source.where ?? []).every(
    ({ index, low, high }) => index.kind === 'coord' && low === 0 && patch.sameDim(high, shape[index.axis] ?? 0),
  );
  if (!everywhere) return false;
  if (source.at === 'linear') return true;
  return source.at.every((index, axis) => {
    if (index.kind === 'dim') return index.value === 0 && shape[axis] === 1;
    return index.kind === 'coord' && index.axis === axis;
  });
}

function isArg(s: Scalar, index: number): boolean {
  return s.kind === 'arg' && s.index === index;
}
