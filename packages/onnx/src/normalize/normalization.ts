// Normalizations and Softmax.

import { type Emitter, type LegacyNode, take, typeOf } from './node.ts';
import { dropped, step } from './steps.ts';

export const normalizationSteps = [
  dropped('BatchNormalization InstanceNormalization', 6, 'consumed_inputs'),
  step('BatchNormalization', 7, (node, emit) => {
    // Exporters left is_test out of models that are meant for inference: what outputs are read tells more.
    take(node, 'is_test');
    if (node.outputCount > 1) throw emit.fail('BatchNormalization in training mode');
  }),
  step('BatchNormalization', 9, perElement),
  step('Softmax LogSoftmax Hardmax', 13, flattened),
  step('GroupNormalization', 21, perChannel),
];

/** Before opset 21 scale and bias are those of groups, not of channels. */
function perChannel(node: LegacyNode, emit: Emitter): void {
  const channels = typeOf(node, 0, emit).shape[1];
  const groups = node.attributes.get('num_groups');
  if (typeof channels !== 'number' || typeof groups !== 'number' || channels % groups !== 0)
    throw emit.fail(`${channels} channels in ${groups} groups`);
  for (const index of [1, 2]) {
    const columns = emit.node('Unsqueeze', [node.inputs[index]!, emit.constant('int64', [1], [1])]);
    const repeated = emit.node('Expand', [columns, emit.constant('int64', [2], [groups, channels / groups])]);
    node.inputs[index] = emit.node('Reshape', [repeated, emit.constant('int64', [1], [channels])]);
  }
}

/** spatial = 0: statistics for each element of [C, D1, ...]. Written out in arithmetic, which broadcasts over the batch. */
function perElement(node: LegacyNode, emit: Emitter): void {
  if (take(node, 'spatial') !== 0) return;
  const [x, scale, bias, mean, variance] = node.inputs;
  if (typeOf(node, 1, emit).shape.length <= 1 && typeOf(node, 0, emit).shape.length <= 2) return;
  const epsilon = take(node, 'epsilon') ?? 1e-5;
  const small = emit.scalar(typeOf(node, 4, emit).dtype, epsilon as number);
  const deviation = emit.node('Sqrt', [emit.node('Add', [variance!, small])]);
  const normal = emit.node('Div', [emit.node('Sub', [x!, mean!]), deviation]);
  node.op = 'Add';
  node.attributes.clear();
  node.inputs = [emit.node('Mul', [normal, scale!]), bias!];
}

/**
 * Before opset 13 the input is a matrix, cut at `axis` (1 by default), and rows are normalized. Where that is the last
 * axis it is today's op; otherwise it is that of the flattened input, brought back to its shape.
 */
function flattened(node: LegacyNode, emit: Emitter): void {
  const rank = typeOf(node, 0, emit).shape.length;
  const given = (take(node, 'axis') as number | undefined) ?? 1;
  const axis = given < 0 ? given + rank : given;
  node.attributes.set('axis', -1);
  if (axis === rank - 1) return;
  if (!(axis >= 0 && axis <= rank)) throw emit.fail(`axis ${given} of a tensor of rank ${rank}`);
  const x = node.inputs[0]!;
  node.inputs[0] = emit.node('Flatten', [x], { axis });
  node.behind = ([output]) => [emit.node('Reshape', [output!, emit.node('Shape', [x])])];
}
