// Normalizations that are written out in arithmetic: by statistics of the batch, of axes that the node lists, or of
// neighbouring channels. Sums of squares are taken in float32 at least.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, take, takeInts, typeOf } from './node.ts';
import { become, castTo, NEVER, step } from './steps.ts';

export const statisticsSteps = [
  step('BatchNormalization', NEVER, batchTraining),
  step('MeanVarianceNormalization', NEVER, meanVariance),
  step('LRN', NEVER, localResponse),
];

/** Training mode: mean and variance are those of the batch, and the running ones move towards them by 1 − momentum. */
function batchTraining(node: LegacyNode, emit: Emitter): void {
  if (take(node, 'training_mode') !== 1) return;
  const momentum = (take(node, 'momentum') as number | undefined) ?? 0.9;
  const x = inputOf(node, 0, emit);
  const axes = x.type.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const { mean, variance } = moments(widened(x, emit), axes, 0, emit);
  const { dtype } = typeOf(node, 3, emit);
  const own = [mean, variance].map((value) => castTo(value, dtype, emit));
  const factor = (value: number) => emit.scalar(dtype, value);
  const running = own.slice(0, node.outputCount - 1).map((value, i) => {
    const kept = emit.node('Mul', [node.inputs[3 + i]!, factor(momentum)]);
    return emit.node('Add', [kept, emit.node('Mul', [value, factor(1 - momentum)])]);
  });
  node.inputs.splice(3, 2, ...own);
  node.outputCount = 1;
  node.behind = ([y]) => [y!, ...running];
}

/** (X − mean) / (√variance + 1e-9) */
function meanVariance(node: LegacyNode, emit: Emitter): void {
  const { dtype } = typeOf(node, 0, emit);
  const x = widened(inputOf(node, 0, emit), emit);
  const { centered, variance } = moments(x, takeInts(node, 'axes', emit) ?? [0, 2, 3], 1, emit);
  const deviation = emit.node('Add', [emit.node('Sqrt', [variance]), emit.scalar(x.type.dtype, 1e-9)]);
  const normal = [centered, deviation] as const;
  if (x.type.dtype === dtype) become(node, 'Div', normal);
  else become(node, 'Cast', [emit.node('Div', normal)], { to: dtype });
}

/**
 * X / (bias + alpha/size · sum)^beta, with the sum of X² over `size` neighbouring channels: as a pooling along the
 * channels, which are made a spatial axis.
 */
function localResponse(node: LegacyNode, emit: Emitter): void {
  const number = (name: string, otherwise: number) => (take(node, name) as number | undefined) ?? otherwise;
  const [alpha, beta, bias, size] = [number('alpha', 1e-4), number('beta', 0.75), number('bias', 1), number('size', 0)];
  const { dtype, shape } = typeOf(node, 0, emit);
  const x = widened(inputOf(node, 0, emit), emit);
  const spatial = shape.length - 2;
  if (size < 1 || spatial < 0) throw emit.fail(`a region of ${size} channels in an input of rank ${shape.length}`);
  const axis = emit.constant('int64', [1], [1]);
  const squares = emit.node('Unsqueeze', [emit.node('Mul', [x, x]), axis]);
  const ones = new Array<number>(spatial).fill(1);
  const none = new Array<number>(spatial).fill(0);
  const before = Math.floor((size - 1) / 2);
  const means = emit.node('AveragePool', [squares], {
    kernel_shape: [size, ...ones],
    pads: [before, ...none, size - 1 - before, ...none],
    count_include_pad: 1,
  });
  const factor = (value: number) => emit.scalar(x.type.dtype, value);
  const scaled = emit.node('Mul', [emit.node('Squeeze', [means, axis]), factor(alpha)]);
  const response = emit.node('Pow', [emit.node('Add', [scaled, factor(bias)]), factor(beta)]);
  if (x.type.dtype === dtype) become(node, 'Div', [x, response]);
  else become(node, 'Cast', [emit.node('Div', [x, response])], { to: dtype });
}

/** Mean and variance over axes, and what is left without the mean. The axes stay where `keepdims` is 1. */
function moments(x: Value, list: readonly number[], keepdims: number, emit: Emitter) {
  const axes = emit.constant('int64', [list.length], list);
  const average = (value: Value, keep: number) => emit.node('ReduceMean', [value, axes], { keepdims: keep });
  const kept = average(x, 1);
  const centered = emit.node('Sub', [x, kept]);
  const variance = average(emit.node('Mul', [centered, centered]), keepdims);
  return { mean: keepdims ? kept : emit.node('Squeeze', [kept, axes]), variance, centered };
}

/** The value in float32 where it has fewer bits. */
function widened(value: Value, emit: Emitter): Value {
  return value.type.dtype === 'float64' ? value : castTo(value, 'float32', emit);
}
