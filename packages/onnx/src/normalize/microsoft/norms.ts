// Normalizations, with the additions that are fused into them.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { castTo } from '../steps.ts';
import { ints, like, optional, sum, takeAll, takeFlag, takeNumber, transpose, unsqueeze } from './parts.ts';

/** Ops that ONNX Runtime has in the default domain, beside those of ONNX. */
export const defaultDomainNorms: SpelledOps = { SimplifiedLayerNormalization: simplified };

export const norms: SpelledOps = {
  SkipLayerNormalization: (node, emit) => {
    const total = sum(emit, inputOf(node, 0, emit), inputOf(node, 1, emit), optional(node, 4));
    const attributes = { epsilon: takeNumber(node, 'epsilon', emit, 1e-12) };
    const inputs = [total, inputOf(node, 2, emit), optional(node, 3)];
    const [y, ...statistics] = emit.outputs('LayerNormalization', Math.min(node.outputCount, 3), inputs, attributes);
    return [y, statistics[0], statistics[1], total];
  },
  SkipSimplifiedLayerNormalization: (node, emit) => {
    const total = sum(emit, inputOf(node, 0, emit), inputOf(node, 1, emit), optional(node, 3));
    const epsilon = takeNumber(node, 'epsilon', emit, 1e-12);
    const y = emit.node('RMSNormalization', [total, inputOf(node, 2, emit)], { epsilon });
    return [y, undefined, inverseRms(total, -1, epsilon, emit), total];
  },
  GroupNorm: (node, emit) => [groupNorm(node, inputOf(node, 0, emit), emit)],
  SkipGroupNorm: (node, emit) => {
    const x = inputOf(node, 0, emit);
    const skip = inputOf(node, 3, emit);
    const last = node.attributes.get('channels_last') !== 0;
    // One number for each channel, of the batch element or of all of them, where the rank says so.
    const places = x.type.shape.slice(2).map((_, i) => i + (last ? 1 : 2));
    const bias = optional(node, 4);
    const total = sum(
      emit,
      x,
      skip.type.shape.length === 2 ? unsqueeze(skip, places, emit) : skip,
      bias && !last
        ? unsqueeze(
            bias,
            places.map((i) => i - 1),
            emit,
          )
        : bias,
    );
    return [groupNorm(node, total, emit), total];
  },
};

function simplified(node: LegacyNode, emit: Emitter): (Value | undefined)[] {
  const x = inputOf(node, 0, emit);
  const axis = takeNumber(node, 'axis', emit, -1);
  const epsilon = takeNumber(node, 'epsilon', emit, 1e-5);
  const attributes = { axis, epsilon, ...takeAll(node, 'stash_type') };
  const y = emit.node('RMSNormalization', [x, inputOf(node, 1, emit)], attributes);
  return node.outputCount > 1 ? [y, inverseRms(x, axis, epsilon, emit)] : [y];
}

/** 1 / √(mean of x² + epsilon) in float32, over the axes from `axis` on. */
function inverseRms(x: Value, axis: number, epsilon: number, emit: Emitter): Value {
  const wide = castTo(x, 'float32', emit);
  const rank = x.type.shape.length;
  const first = axis < 0 ? axis + rank : axis;
  const axes = Array.from({ length: rank - first }, (_, i) => first + i);
  const mean = emit.node('ReduceMean', [emit.node('Mul', [wide, wide]), ints(emit, ...axes)]);
  const root = emit.node('Sqrt', [emit.node('Add', [mean, like(wide, epsilon, emit)])]);
  return emit.node('Reciprocal', [root]);
}

function groupNorm(node: LegacyNode, x: Value, emit: Emitter): Value {
  const rank = x.type.shape.length;
  const silu = takeNumber(node, 'activation', emit) === 1;
  const attributes = { num_groups: takeNumber(node, 'groups', emit), epsilon: takeNumber(node, 'epsilon', emit, 1e-5) };
  const last = takeFlag(node, 'channels_last', emit, 1);
  const axes = Array.from({ length: rank }, (_, i) => i);
  const first = last ? transpose(x, [0, rank - 1, ...axes.slice(1, -1)], emit) : x;
  // The input may be narrower than gamma and beta are.
  const { dtype } = inputOf(node, 1, emit).type;
  const inputs = [castTo(first, dtype, emit), inputOf(node, 1, emit), inputOf(node, 2, emit)];
  const normal = castTo(emit.node('GroupNormalization', inputs, attributes), x.type.dtype, emit);
  const y = silu ? emit.node('Swish', [normal]) : normal;
  return last ? transpose(y, [0, ...axes.slice(2), 1], emit) : y;
}
