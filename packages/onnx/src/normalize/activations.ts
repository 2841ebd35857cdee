// Activations, Clip and Dropout.

import type { DType } from '@trtx/ir';
import { type Emitter, type LegacyNode, typeOf } from './node.ts';
import { defaults, dropped, NEVER, numberToInput, step } from './steps.ts';

export const activationSteps = [
  dropped('Clip Elu HardSigmoid LeakyRelu PRelu Relu Selu Sigmoid', 6, 'consumed_inputs'),
  dropped('Dropout', 6, 'consumed_inputs'),
  defaults('Selu', 6, { alpha: 1.6732000112533569, gamma: 1.0506999492645264 }),
  // Clip-6 has float32's range as defaults, which no finite float32 passes.
  numberToInput('Clip', 11, 'min', 1),
  numberToInput('Clip', 11, 'max', 2),
  step('PRelu', 7, alignSlope),
  // Attributes of training. Exporters left is_test out of models that are meant for inference, so 0 means nothing.
  dropped('Dropout', 12, 'ratio', 'is_test'),
  step('Dropout', 10, (node, emit) => maskOf(node, emit, typeOf(node, 0, emit).dtype)),
  step('Dropout', NEVER, (node, emit) => maskOf(node, emit, 'bool')),
];

/** The mask of an inference that drops nothing: ones. Where it is not known that nothing is dropped, the op gives it. */
function maskOf(node: LegacyNode, emit: Emitter, dtype: DType): void {
  const training = node.inputs[2];
  if (node.outputCount < 2 || (training && training.contents?.values[0] !== 0)) return;
  const x = node.inputs[0]!;
  node.outputCount = 1;
  node.behind = ([y]) => {
    const ones = emit.node('Expand', [emit.constant('bool', [], [1]), emit.node('Shape', [x])]);
    return [y!, dtype === 'bool' ? ones : emit.node('Cast', [ones], { to: dtype })];
  };
}

/** Before opset 7 a slope of [C] is for each channel, axis 1; NumPy's broadcasting needs ones behind it. */
function alignSlope(node: LegacyNode, emit: Emitter): void {
  const rank = typeOf(node, 0, emit).shape.length;
  const slope = typeOf(node, 1, emit).shape;
  if (slope.length !== 1 || slope[0] === 1 || rank <= 2) return;
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 1);
  node.inputs[1] = emit.node('Unsqueeze', [node.inputs[1]!, emit.constant('int64', [axes.length], axes)]);
}
