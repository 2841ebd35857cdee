// Activations, Clip and Dropout.

import { type Emitter, type LegacyNode, typeOf } from './node.ts';
import { defaults, dropped, numberToInput, step } from './steps.ts';

export const activationSteps = [
  dropped('Clip Elu HardSigmoid LeakyRelu PRelu Relu Selu Sigmoid', 6, 'consumed_inputs'),
  dropped('Dropout', 6, 'consumed_inputs'),
  defaults('Selu', 6, { alpha: 1.6732000112533569, gamma: 1.0506999492645264 }),
  // Clip-6 has float32's range as defaults, which no finite float32 passes.
  numberToInput('Clip', 11, 'min', 1),
  numberToInput('Clip', 11, 'max', 2),
  step('PRelu', 7, alignSlope),
  // The ratio is of training; inference has no use for it.
  dropped('Dropout', 12, 'ratio', 'is_test'),
];

/** Before opset 7 a slope of [C] is for each channel, axis 1; NumPy's broadcasting needs ones behind it. */
function alignSlope(node: LegacyNode, emit: Emitter): void {
  const rank = typeOf(node, 0, emit).shape.length;
  const slope = typeOf(node, 1, emit).shape;
  if (slope.length !== 1 || slope[0] === 1 || rank <= 2) return;
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 1);
  node.inputs[1] = emit.node('Unsqueeze', [node.inputs[1]!, emit.constant('int64', [axes.length], axes)]);
}
