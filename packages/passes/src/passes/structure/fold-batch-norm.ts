// BatchNormalization in inference form is a scale and an offset for each channel: into the weights of the contraction
// before it, or as Mul and Add, which fuse with what is around them.

import { type Node, numbersOf } from '@trtx/ir';
import { floatConstant, fromFloat64 } from '../../match.ts';
import { definePass, defineRule } from '../../rule.ts';
import { type Affine, foldInto, weighted } from '../../weights.ts';

const intoWeights = defineRule({
  name: 'into-weights',
  ops: ['BatchNormalization'],
  apply(node, patch) {
    const affine = affineOf(node);
    const before = weighted(node.inputs[0]!.producer);
    // The channels must be the axis that the weights have; MatMul has them last, and no bias.
    if (!affine || before?.axis !== 1 || !before.bias || before.channels !== affine.scale.length) return undefined;
    if (!patch.onlyUsedBy(node.inputs[0]!, node)) return undefined;
    const reason = `into the weights of ${before.node.name}`;
    return patch.replace(node.output, foldInto(before, affine, patch), reason);
  },
});

const asMulAndAdd = defineRule({
  name: 'as-mul-and-add',
  ops: ['BatchNormalization'],
  apply(node, patch) {
    const affine = affineOf(node);
    if (!affine) return undefined;
    const { dtype, shape } = node.output.type;
    const dims = [affine.scale.length, ...new Array<number>(shape.length - 2).fill(1)];
    const part = (values: Float64Array, name: string) =>
      patch.constant(fromFloat64(dtype, dims, values), `${node.name}.${name}`);
    const product = patch.node('Mul', [node.inputs[0], part(affine.scale, 'scale')], {}, `${node.name}.mul`);
    const sum = patch.node('Add', [product, part(affine.offset, 'offset')]);
    return patch.replace(node.output, sum, 'a scale and an offset for each channel');
  },
});

export const foldBatchNorm = definePass({
  name: 'fold-batch-norm',
  summary: 'BatchNormalization goes into the weights before it, or becomes Mul and Add',
  rules: [intoWeights, asMulAndAdd],
});

/** y = scale·x + offset, where all operands are constants and the numbers are finite. */
function affineOf(node: Node): Required<Affine> | undefined {
  const operands = node.inputs.slice(1).map((input) => floatConstant(input));
  if (operands.length !== 4 || operands.includes(undefined)) return undefined;
  const [gamma, beta, mean, variance] = operands.map((constant) => Float64Array.from(numbersOf(constant!)));
  const epsilon = node.view().float('epsilon');
  const scale = gamma!.map((g, i) => g / Math.sqrt(variance![i]! + epsilon));
  const offset = beta!.map((b, i) => b - mean![i]! * scale[i]!);
  return [...scale, ...offset].every(Number.isFinite) ? { scale, offset } : undefined;
}
