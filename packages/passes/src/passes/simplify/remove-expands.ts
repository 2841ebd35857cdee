// Expand around pointwise ops, which broadcast by themselves: exporters spell masks out at full size, layer after layer.

import { constantFrom, constantOf, elementsOf, type Node, opName, traitOf, type Value } from '@trtx/ir';
import type { Operand } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';

/** A pointwise op whose output is as large without the Expand reads what is expanded. */
const beforePointwise = defineRule({
  name: 'before-pointwise',
  ops: (op) => op.trait.kind === 'pointwise',
  apply(node, patch) {
    for (const [i, input] of node.inputs.entries()) {
      const expand = expandOf(input);
      if (!expand || !broadcasts(node)) continue;
      const y = patch.node(opName(node.op), withInput(node, i, expand.inputs[0]!), node.attributes);
      if (patch.sameShape(y.type.shape, node.output.type.shape))
        return patch.covers(expand).replace(node.output, y, 'broadcasts by itself');
    }
    return undefined;
  },
});

/** f(Expand(x)) is Expand(f(x)): less to compute, and nothing at all where x is a constant. */
const afterPointwise = defineRule({
  name: 'after-pointwise',
  ops: (op) => op.trait.kind === 'pointwise',
  apply(node, patch) {
    const i = node.inputs.findIndex((input) => expandOf(input) && patch.onlyUsedBy(input!, node));
    const expand = expandOf(node.inputs[i]);
    if (!expand || !broadcasts(node)) return undefined;
    const y = patch.node(opName(node.op), withInput(node, i, expand.inputs[0]!), node.attributes);
    // Expand is only worth its place behind the op where it has as much to do there.
    if (!patch.sameShape(y.type.shape, expand.inputs[0]!.type.shape)) return undefined;
    const z = patch.covers(expand).node('Expand', [y, expand.inputs[1]], {}, expand.name);
    if (!patch.sameShape(z.type.shape, node.output.type.shape)) return undefined;
    return patch.replace(node.output, z, 'Expand moved behind');
  },
});

/** Sizes that the input has already may be 1 in the target, which is a constant then. */
const constantTarget = defineRule({
  name: 'constant-target',
  ops: ['Expand'],
  apply(node, patch) {
    const [x, target] = node.inputs as [Value, Value];
    const sizes = target.contents?.values;
    if (!sizes || target.constant) return undefined;
    const own = x.type.shape;
    const needed = sizes.map((size, i) => {
      const dim = own[i - sizes.length + own.length];
      return dim !== undefined && patch.sameDim(size, dim) ? 1 : size;
    });
    const numbers = needed.filter((size) => typeof size === 'number');
    if (numbers.length < needed.length) return undefined;
    const y = patch.node('Expand', [x, patch.integers(numbers)]);
    return patch.sameShape(y.type.shape, node.output.type.shape)
      ? patch.replace(node.output, y, 'the sizes that differ')
      : undefined;
  },
});

/** A tensor with one value everywhere is the value, expanded. */
const filled = defineRule({
  name: 'filled',
  ops: ['ConstantOfShape'],
  apply(node, patch) {
    const { dtype, shape } = node.output.type;
    // What may become a constant is to.
    if (shape.every((dim) => typeof dim === 'number') || !readsPointwise(node.output)) return undefined;
    const value = node.view().tensor('value') ?? constantFrom('float32', [1], [0]);
    const y = patch.node('Expand', [patch.constant(constantOf(dtype, [], elementsOf(value))), node.inputs[0]]);
    return patch.replace(node.output, y, 'one value');
  },
});

/** Tile of axes of 1 is Expand. */
const tileAsExpand = defineRule({
  name: 'tile-as-expand',
  ops: ['Tile'],
  apply(node, patch) {
    const { shape } = node.inputs[0]!.type;
    const repeats = node.inputs[1]!.contents?.values;
    if (!repeats?.every((count, axis) => count === 1 || shape[axis] === 1)) return undefined;
    if (repeats.some((count) => typeof count === 'number' && count < 1)) return undefined;
    const y = patch.node('Expand', [node.inputs[0], node.inputs[1]]);
    return patch.sameShape(y.type.shape, node.output.type.shape)
      ? patch.replace(node.output, y, 'axes of 1 repeated')
      : undefined;
  },
});

export const removeExpands = definePass({
  name: 'remove-expands',
  summary: 'Expand in front of pointwise nodes goes, or moves behind them; Tile and ConstantOfShape as Expand',
  rules: [constantTarget, filled, tileAsExpand, beforePointwise, afterPointwise],
});

function expandOf(value: Value | null | undefined): Node | undefined {
  const node = value?.producer;
  return node?.op.name === 'Expand' && node.op.domain === '' ? node : undefined;
}

/** True where a pointwise node reads the value, which may broadcast there. */
function readsPointwise(value: Value): boolean {
  return [...value.users.keys()].some((user) => user.inputs.length > 1 && broadcasts(user));
}

/** True where operands broadcast as in NumPy. */
function broadcasts(node: Node): boolean {
  const trait = traitOf(node.op, node.view());
  return trait.kind === 'pointwise' && !trait.alignment;
}

function withInput(node: Node, index: number, input: Operand): (Operand | null)[] {
  return node.inputs.map((old, i) => (i === index ? input : old));
}
