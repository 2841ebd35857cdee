// CausalConvWithState: a depthwise convolution of what came before, joined to the input.

import { type Emitter, inputOf, type LegacyNode, take } from './node.ts';
import { become, NEVER, step } from './steps.ts';

export const causalConvSteps = [step('CausalConvWithState', NEVER, causalConv)];

/** input [N, C, length], weight [C, 1, k], past [N, C, k − 1]; the new state is the last k − 1 of both together. */
function causalConv(node: LegacyNode, emit: Emitter): void {
  const [input, weight] = [inputOf(node, 0, emit), inputOf(node, 1, emit)];
  const bias = node.inputs[2] ?? null;
  const past = node.inputs[3] ?? null;
  const activation = take(node, 'activation') ?? 'none';
  const [channels, , width] = weight.type.shape;
  if (typeof channels !== 'number' || typeof width !== 'number' || width < 1)
    throw emit.fail(`weights of [${weight.type.shape}]`);
  const indices = (...values: number[]) => emit.constant('int64', [values.length], values);
  const whole = past
    ? emit.node('Concat', [past, input], { axis: 2 })
    : emit.node('Pad', [input, indices(width - 1, 0), null, indices(2)]);
  const convolved = [whole, weight, bias] as const;
  if (activation === 'none') become(node, 'Conv', convolved, { group: channels });
  else if (activation !== 'silu' && activation !== 'swish') throw emit.fail(`the activation ${activation}`);
  else become(node, 'Swish', [emit.node('Conv', convolved, { group: channels })]);
  if (node.outputCount < 2) return;
  node.outputCount = 1;
  const length = emit.node('Shape', [whole], { start: 2, end: 3 });
  const start = emit.node('Sub', [length, indices(width - 1)]);
  const state = emit.node('Slice', [whole, start, length, indices(2)]);
  node.behind = ([y]) => [y!, state];
}
