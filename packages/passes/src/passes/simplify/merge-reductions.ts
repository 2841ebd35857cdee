// Reductions and what stands beside them: a Reshape that drops or adds the reduced axes, and functions that keep the order
// of elements in front of ArgMax.

import { isFloat, type Node, normalizeAxis, traitOf } from '@trtx/ir';
import { producerOf } from '../../match.ts';
import { definePass, defineRule } from '../../rule.ts';

/** A Reshape after a reduction that drops the reduced axes, or puts them back as 1, is what `keepdims` says. */
const keepdims = defineRule({
  name: 'keepdims',
  ops: ['Reshape'],
  apply(node, patch) {
    const inner = node.inputs[0]!.producer;
    if (inner?.outputs.length !== 1 || inner.op.attributes.keepdims === undefined) return undefined;
    if (inner.op.trait.kind !== 'reduction' || !patch.onlyUsedBy(inner.output, node)) return undefined;
    const attributes = new Map(inner.attributes).set('keepdims', 1 - inner.view().int('keepdims'));
    const y = patch.node(inner.op.name, inner.inputs, attributes);
    if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
    return patch.covers(inner).replace(node.output, y, 'keepdims');
  },
});

/** The greatest element is the same after a function that rises. (Rounding may have made others equal to it.) */
const greatestOfRising = defineRule({
  name: 'greatest-of-rising',
  ops: ['ArgMax', 'ArgMin'],
  apply(node, patch) {
    const inner = producerOf(node.inputs[0], 'Softmax', 'LogSoftmax', 'Exp', 'Sigmoid', 'Tanh');
    if (!inner) return undefined;
    if (inner.op.attributes.axis && axisOf(inner) !== axisOf(node)) return undefined;
    const y = patch.node(node.op.name, [inner.inputs[0]], node.attributes);
    return patch.covers(inner).replace(node.output, y, `${inner.op.name} keeps the order`);
  },
});

/** Sums of sums, means of means, maxima of maxima: over the axes of both. */
const reductionOfReduction = defineRule({
  name: 'reduction-of-reduction',
  ops: ['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd'],
  apply(node, patch) {
    const inner = producerOf(node.inputs[0], node.op.name);
    if (!inner || !patch.onlyUsedBy(inner.output, node)) return undefined;
    // Means of integers are rounded.
    if (node.op.name === 'ReduceMean' && !isFloat(node.output.type.dtype)) return undefined;
    const keeps = inner.view().int('keepdims') === 1;
    if (keeps !== (node.view().int('keepdims') === 1)) return undefined;
    const first = axesOf(inner);
    const left = inner.inputs[0]!.type.shape.map((_, axis) => axis).filter((axis) => keeps || !first.includes(axis));
    const axes = [...new Set([...first, ...axesOf(node).map((axis) => left[axis]!)])].sort((a, b) => a - b);
    const attributes = { keepdims: keeps ? 1 : 0, noop_with_empty_axes: 1 };
    const y = patch.node(node.op.name, [inner.inputs[0], patch.integers(axes, 'axes')], attributes);
    if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
    return patch.covers(inner).replace(node.output, y, 'one over the axes of both');
  },
});

export const mergeReductions = definePass({
  name: 'merge-reductions',
  summary: 'Reshape beside a reduction as keepdims, reductions of reductions, ArgMax of what keeps the order',
  rules: [keepdims, greatestOfRising, reductionOfReduction],
});

function axisOf(node: Node): number {
  const view = node.view();
  return normalizeAxis(view, view.int('axis'), view.input(0).shape.length);
}

function axesOf(node: Node): readonly number[] {
  const view = node.view();
  const trait = traitOf(node.op, view);
  return trait.kind === 'reduction' ? trait.axes(view) : [];
}
