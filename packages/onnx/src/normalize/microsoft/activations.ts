// Activations, alone and with what is fused into them.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { optional, sum, takeAll, takeFlag, takeNumber } from './parts.ts';

export const activations: SpelledOps = {
  Gelu: (node, emit) => [gelu(inputOf(node, 0, emit), emit)],
  BiasGelu: (node, emit) => [gelu(emit.node('Add', [inputOf(node, 0, emit), inputOf(node, 1, emit)]), emit)],
  FastGelu: (node, emit) => [fastGelu(sum(emit, inputOf(node, 0, emit), optional(node, 1)), emit)],
  GemmFastGelu: (node, emit) => {
    const product = emit.node('MatMul', [inputOf(node, 0, emit), inputOf(node, 1, emit)]);
    return [fastGelu(sum(emit, product, optional(node, 2)), emit)];
  },
  QuickGelu: (node, emit) => [
    emit.node('Swish', [inputOf(node, 0, emit)], { alpha: takeNumber(node, 'alpha', emit, 1.702) }),
  ],
  BiasSplitGelu: (node, emit) => {
    const whole = emit.node('Add', [inputOf(node, 0, emit), inputOf(node, 1, emit)]);
    const [left, right] = emit.outputs('Split', 2, [whole], { axis: -1, num_outputs: 2 });
    return [emit.node('Mul', [left!, gelu(right!, emit)])];
  },
  BiasAdd: (node, emit) => [sum(emit, inputOf(node, 0, emit), inputOf(node, 1, emit), inputOf(node, 2, emit))],
  BiasSoftmax: biasSoftmax,
  BiasDropout: biasDropout,
};

function gelu(x: Value, emit: Emitter): Value {
  return emit.node('Gelu', [x]);
}

function fastGelu(x: Value, emit: Emitter): Value {
  return emit.node('Gelu', [x], { approximate: 'tanh' });
}

/** Softmax over all axes from `axis` on. How the bias broadcasts, is_inner_broadcast tells kernels; its shape does too. */
function biasSoftmax(node: LegacyNode, emit: Emitter): Value[] {
  const scores = emit.node('Add', [inputOf(node, 0, emit), inputOf(node, 1, emit)]);
  takeFlag(node, 'is_inner_broadcast', emit);
  return [softmaxFrom(scores, takeNumber(node, 'axis', emit, 1), emit)];
}

/** Softmax over all axes from `axis` on together. */
export function softmaxFrom(x: Value, axis: number, emit: Emitter): Value {
  const rank = x.type.shape.length;
  if (axis === -1 || axis === rank - 1) return emit.node('Softmax', [x]);
  const flat = emit.node('Softmax', [emit.node('Flatten', [x], { axis })]);
  return emit.node('Reshape', [flat, emit.node('Shape', [x])]);
}

/** Dropout(data + bias) + residual */
function biasDropout(node: LegacyNode, emit: Emitter): Value[] {
  const data = emit.node('Add', [inputOf(node, 0, emit), inputOf(node, 1, emit)]);
  const inputs = [data, optional(node, 3), optional(node, 4)];
  const [dropped, ...mask] = emit.outputs('Dropout', node.outputCount, inputs, takeAll(node, 'seed'));
  return [sum(emit, dropped!, optional(node, 2)), ...mask];
}
