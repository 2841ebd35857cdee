// CausalConvWithState: a depthwise convolution of what came before, joined to the input.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, take } from './node.ts';
import type { SpelledOps } from './spelled.ts';

export const causalConv: SpelledOps = { CausalConvWithState: (node, emit) => causalConvolution(node, 1, emit) };

/**
 * input [N, C, length], weight [C, 1, k], past [N, C, (k − 1) · dilation]; the new state is the last places of both
 * together, as many as the past has.
 */
export function causalConvolution(node: LegacyNode, dilation: number, emit: Emitter): Value[] {
  const [input, weight] = [inputOf(node, 0, emit), inputOf(node, 1, emit)];
  const past = node.inputs[3] ?? null;
  const activation = take(node, 'activation') ?? 'none';
  const [channels, , width] = weight.type.shape;
  if (typeof channels !== 'number' || typeof width !== 'number' || width < 1)
    throw emit.fail(`weights of [${weight.type.shape}]`);
  if (!['none', 'silu', 'swish'].includes(activation as string)) throw emit.fail(`the activation ${activation}`);
  const kept = (width - 1) * dilation;
  const indices = (...values: number[]) => emit.constant('int64', [values.length], values);
  const whole = past
    ? emit.node('Concat', [past, input], { axis: 2 })
    : emit.node('Pad', [input, indices(kept, 0), null, indices(2)]);
  const attributes = { group: channels, dilations: [dilation] };
  const convolved = emit.node('Conv', [whole, weight, node.inputs[2] ?? null], attributes);
  const y = activation === 'none' ? convolved : emit.node('Swish', [convolved]);
  if (node.outputCount < 2) return [y];
  const length = emit.node('Shape', [whole], { start: 2, end: 3 });
  const start = emit.node('Sub', [length, indices(kept)]);
  return [y, emit.node('Slice', [whole, start, length, indices(2)])];
}
