// What layers of linear attention and state space models are made of: gates, and convolutions that keep a state.

import type { Value } from '@trtx/ir';
import { causalConvolution } from '../causal-conv.ts';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { castTo } from '../steps.ts';
import { knownSize, optional, reshape, sum, takeAll, takeFlag, takeNumber, transpose } from './parts.ts';

export const gated: SpelledOps = {
  CausalConvWithState: causalConv,
  LinearAttention: (node, emit) => {
    refuseWindow(node, emit);
    const attributes = takeAll(node, 'chunk_size', 'kv_num_heads', 'q_num_heads', 'scale', 'update_rule');
    return emit.outputs('LinearAttention', node.outputCount, node.inputs, attributes);
  },
  LinearAttentionGate: (node, emit) => {
    const [a, bias, scale] = [inputOf(node, 0, emit), inputOf(node, 1, emit), inputOf(node, 2, emit)];
    const soft = emit.node('Softplus', [sum(emit, castTo(a, 'float32', emit), bias)]);
    const decay = castTo(emit.node('Mul', [soft, scale]), a.type.dtype, emit);
    const b = optional(node, 3);
    return [decay, b ? emit.node('Sigmoid', [b]) : undefined];
  },
  GatedRMSNorm: (node, emit) => [gatedNorm(node, emit)],
  GatedAdd: (node, emit) => {
    const product = emit.node('Mul', [inputOf(node, 1, emit), inputOf(node, 2, emit)]);
    return [emit.node('Add', [inputOf(node, 0, emit), product])];
  },
};

function causalConv(node: LegacyNode, emit: Emitter): Value[] {
  if (takeNumber(node, 'ndim', emit, 1) !== 1) throw emit.fail('a convolution of more than one axis');
  refuseWindow(node, emit);
  const last = takeFlag(node, 'channels_last', emit);
  const dilation = takeNumber(node, 'dilation', emit, 1);
  if (!last) return causalConvolution(node, dilation, emit);
  // [batch, length, …channels] as [batch, channels, length], and back.
  const rank = inputOf(node, 0, emit).type.shape.length;
  const channels = knownSize(inputOf(node, 1, emit), 0, emit);
  const own = inputOf(node, 0, emit)
    .type.shape.slice(2)
    .map((_, i) => knownSize(inputOf(node, 0, emit), i + 2, emit));
  for (const index of [0, 3]) {
    const value = optional(node, index);
    if (!value) continue;
    const rows = rank === 3 ? value : reshape(value, [0, 0, channels], emit);
    node.inputs[index] = transpose(rows, [0, 2, 1], emit);
  }
  return causalConvolution(node, dilation, emit).map((value) => {
    const rows = transpose(value, [0, 2, 1], emit);
    return rank === 3 ? rows : reshape(rows, [0, 0, ...own], emit);
  });
}

function refuseWindow(node: LegacyNode, emit: Emitter): void {
  if (takeNumber(node, 'state_window', emit, 0) !== 0) throw emit.fail('a window of states');
}

/** Each row of x, as long as the scale, normalized; then weighed by SiLU(gate). All of it in float32. */
function gatedNorm(node: LegacyNode, emit: Emitter): Value {
  const [x, scale, gate] = [0, 1, 2].map((i) => inputOf(node, i, emit)) as [Value, Value, Value];
  const wide = (value: Value) => castTo(value, 'float32', emit);
  const width = knownSize(scale, 0, emit);
  const whole = emit.node('Shape', [x]);
  const rows = reshape(wide(x), [-1, width], emit);
  const normal = emit.node('RMSNormalization', [rows, wide(scale)], {
    epsilon: takeNumber(node, 'epsilon', emit, 1e-5),
  });
  const y = emit.node('Mul', [emit.node('Reshape', [normal, whole]), emit.node('Swish', [wide(gate)])]);
  return castTo(y, x.type.dtype, emit);
}
