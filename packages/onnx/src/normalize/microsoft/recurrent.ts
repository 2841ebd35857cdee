// DynamicQuantizeLSTM: an LSTM with quantized weights, stored the other way round. Kernels quantize its inputs at run time
// to compute in integers; what that rounds off is not the model's.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { castTo } from '../steps.ts';
import { optional, takeAll, transpose, unsqueeze } from './parts.ts';

const ATTRIBUTES = [
  'activation_alpha',
  'activation_beta',
  'activations',
  'clip',
  'direction',
  'hidden_size',
  'input_forget',
];

export const recurrent: SpelledOps = {
  DynamicQuantizeLSTM: (node, emit) => {
    const [w, r] = [weights(node, 1, 8, emit), weights(node, 2, 10, emit)];
    const others = [3, 4, 5, 6, 7].map((index) => optional(node, index));
    const inputs = [inputOf(node, 0, emit), w, r, ...others];
    return emit.outputs('LSTM', node.outputCount, inputs, takeAll(node, ...ATTRIBUTES));
  },
};

/** Weights [directions, inputs, gates] as [directions, gates, inputs]; scales are for directions, or for each gate too. */
function weights(node: LegacyNode, index: number, scaleIndex: number, emit: Emitter): Value {
  const wide = (value: Value) => castTo(value, 'float32', emit);
  const [scale, zero] = [inputOf(node, scaleIndex, emit), inputOf(node, scaleIndex + 1, emit)].map((value) =>
    unsqueeze(wide(value), value.type.shape.length === 1 ? [1, 2] : [1], emit),
  ) as [Value, Value];
  const shifted = emit.node('Sub', [wide(inputOf(node, index, emit)), zero]);
  return transpose(emit.node('Mul', [shifted, scale]), [0, 2, 1], emit);
}
