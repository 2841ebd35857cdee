// Contractions with constant weights, seen alike: an output channel axis, weights and a bias that can be scaled along it.

import { byteSize, type Constant, constantOf, elementCount, elementsOf, type Node, type Value } from '@trtx/ir';
import { float64Of, floatConstant, fromFloat64, without } from './match.ts';
import type { NewValue, Patch } from './patch.ts';

/** Weights that other nodes read, too, are copied when they are scaled; larger ones than this are left alone. */
export const MAX_SHARED_BYTES = 4 * 2 ** 20;

/** A contraction whose weights are constant. */
export interface Weighted {
  readonly node: Node;
  /** The output axis that `channels` numbers lie along. */
  readonly axis: number;
  readonly channels: number;
  /** Undefined for MatMul, which has no bias operand. */
  readonly bias: Float64Array | undefined;
  /** The output channel of element i of the weights. */
  channelOf(i: number): number;
}

/** The node as a contraction with constant weights; undefined for other nodes, and where a bias is computed. */
export function weighted(node: Node | null | undefined): Weighted | undefined {
  const reader = node?.op.domain === '' ? READERS[node.op.name] : undefined;
  const weights = floatConstant(node?.inputs[1]);
  if (!node || !reader || !weights) return undefined;
  const shared = node.inputs[1]!.users.size > 1;
  if (shared && elementCount(weights.dims) * byteSize(weights.dtype) > MAX_SHARED_BYTES) return undefined;
  return reader(node, weights.dims);
}

const READERS: Readonly<Record<string, (node: Node, dims: readonly number[]) => Weighted | undefined>> = {
  Conv(node, dims) {
    const inner = dims.slice(1).reduce((a, b) => a * b, 1);
    return channelwise(node, 1, dims[0]!, (i) => Math.floor(i / inner));
  },
  // [inputChannels, outputChannels / groups, ...kernel]: the group follows from the input channel.
  ConvTranspose(node, dims) {
    const groups = node.view().int('group');
    const perGroup = dims[1]!;
    const kernel = dims.slice(2).reduce((a, b) => a * b, 1);
    const inputsPerGroup = dims[0]! / groups;
    return channelwise(node, 1, perGroup * groups, (i) => {
      const row = Math.floor(i / kernel);
      const group = Math.floor(row / perGroup / inputsPerGroup);
      return group * perGroup + (row % perGroup);
    });
  },
  Gemm(node, dims) {
    const transposed = node.view().int('transB') === 1;
    const n = dims[transposed ? 0 : 1]!;
    const k = dims[transposed ? 1 : 0]!;
    return channelwise(node, 1, n, transposed ? (i) => Math.floor(i / k) : (i) => i % n);
  },
  MatMul(node, dims) {
    if (dims.length < 2) return undefined;
    const n = dims.at(-1)!;
    return { node, axis: node.output.type.shape.length - 1, channels: n, bias: undefined, channelOf: (i) => i % n };
  },
};

/** Conv, ConvTranspose and Gemm: with a bias as input 2 that is one number, or one for each channel. */
function channelwise(
  node: Node,
  axis: number,
  channels: number,
  channelOf: (i: number) => number,
): Weighted | undefined {
  const given = node.inputs[2];
  if (!given) return { node, axis, channels, bias: new Float64Array(channels), channelOf };
  const constant = floatConstant(given);
  if (!constant || constant.dims.slice(0, -1).some((dim) => dim !== 1)) return undefined;
  const values = float64Of(constant);
  const beta = node.op.name === 'Gemm' ? node.view().float('beta') : 1;
  const bias = Float64Array.from({ length: channels }, (_, i) => beta * values[values.length === 1 ? 0 : i]!);
  return { node, axis, channels, bias, channelOf };
}

/** Numbers for each channel: the output is to be `scale` times what it is, plus `offset`. */
export interface Affine {
  readonly scale?: Float64Array;
  readonly offset?: Float64Array;
}

/** The contraction with scale and offset worked into weights and bias. */
export function foldInto(w: Weighted, { scale, offset }: Affine, patch: Patch): NewValue {
  const [x, weights, bias] = w.node.inputs as [Value, Value, Value?];
  const newWeights = scale ? patch.constant(scaledBy(weights.constant!, scale, w.channelOf), weights.name) : weights;
  const inputs: Parameters<Patch['node']>[1][number][] = [x, newWeights];
  if (w.bias && (bias || offset)) {
    const values = w.bias.map((b, i) => b * (scale?.[i] ?? 1) + (offset?.[i] ?? 0));
    const { dtype } = weights.constant!;
    inputs.push(patch.constant(fromFloat64(dtype, [w.channels], values), bias?.name ?? `${w.node.name}.bias`));
  }
  // beta is in the bias now.
  return patch.covers(w.node).node(w.node.op.name, inputs, without(w.node, 'beta'), w.node.name);
}

/** A contraction seen from its input: weights that can be scaled along an axis that they share with it. */
export interface Fed {
  readonly node: Node;
  /** The axis of input 0 that `channels` numbers lie along. */
  readonly axis: number;
  readonly channels: number;
  /** Undefined where an offset of the input is none of the output, or cannot be added to it. */
  readonly bias: Float64Array | undefined;
  /** The input channel of element i of the weights. */
  inputOf(i: number): number;
  /** The output channel of element i of the weights. */
  outputOf(i: number): number;
}

/** The node as a contraction whose weights are constant; undefined for other nodes. */
export function fed(node: Node): Fed | undefined {
  const before = weighted(node);
  const reader = FED[node.op.name];
  const weights = node.inputs[1];
  // A contraction of which the bias is computed takes a scale all the same, but that is not met in models.
  return before && weights?.constant && reader ? reader(before, weights.constant.dims) : undefined;
}

const FED: Readonly<Record<string, (before: Weighted, dims: readonly number[]) => Fed | undefined>> = {
  Conv({ node, bias, channelOf }, dims) {
    const groups = node.view().int('group');
    const kernel = dims.slice(2).reduce((a, b) => a * b, 1);
    const perGroup = dims[1]!;
    const inputOf = (i: number) =>
      Math.floor(channelOf(i) / (dims[0]! / groups)) * perGroup + (Math.floor(i / kernel) % perGroup);
    return { node, axis: 1, channels: perGroup * groups, bias, inputOf, outputOf: channelOf };
  },
  // Its output's edges are reached by parts of the kernel only, so that an offset is not the same everywhere.
  ConvTranspose({ node, channelOf }, dims) {
    const perInput = dims.slice(1).reduce((a, b) => a * b, 1);
    const inputOf = (i: number) => Math.floor(i / perInput);
    return { node, axis: 1, channels: dims[0]!, bias: undefined, inputOf, outputOf: channelOf };
  },
  Gemm({ node, bias, channelOf }, dims) {
    const view = node.view();
    const [rows, columns] = dims as [number, number];
    const transposed = view.int('transB') === 1;
    const inputOf = transposed ? (i: number) => i % columns : (i: number) => Math.floor(i / columns);
    const axis = view.int('transA') === 1 ? 0 : 1;
    return { node, axis, channels: transposed ? columns : rows, bias, inputOf, outputOf: channelOf };
  },
  MatMul({ node, channels: n, channelOf }, dims) {
    const k = dims.at(-2)!;
    const axis = node.inputs[0]!.type.shape.length - 1;
    const inputOf = (i: number) => Math.floor(i / n) % k;
    return { node, axis, channels: k, bias: undefined, inputOf, outputOf: channelOf };
  },
};

/** The contraction of x, with what its input was made of x by worked into weights and bias. */
export function foldIntoInputs(to: Fed, { scale, offset }: Affine, x: Value, patch: Patch): NewValue {
  const { node } = to;
  const [, weights, bias] = node.inputs as [Value, Value, Value?];
  const constant = weights.constant!;
  const inputs: Parameters<Patch['node']>[1][number][] = [x, weights];
  if (scale) inputs[1] = patch.constant(scaledBy(constant, scale, to.inputOf), weights.name);
  if (!offset) {
    if (bias) inputs.push(bias);
    return patch.covers(node).node(node.op.name, inputs, node.attributes, node.name);
  }
  const alpha = node.op.name === 'Gemm' ? node.view().float('alpha') : 1;
  const sums = to.bias!.slice();
  float64Of(constant).forEach((w, i) => {
    sums[to.outputOf(i)]! += alpha * w * offset[to.inputOf(i)]!;
  });
  inputs.push(patch.constant(fromFloat64(constant.dtype, [sums.length], sums), bias?.name ?? `${node.name}.bias`));
  // beta is in the bias now.
  return patch.covers(node).node(node.op.name, inputs, without(node, 'beta'), node.name);
}

function scaledBy(weights: Constant, scale: Float64Array, channelOf: (i: number) => number): Constant {
  const { dtype, dims } = weights;
  if (dtype === 'float32') {
    const elements = elementsOf(weights) as Float32Array;
    const scaled = new Float32Array(elements.length);
    for (let i = 0; i < scaled.length; i++) scaled[i] = elements[i]! * scale[channelOf(i)]!;
    return constantOf(dtype, dims, scaled);
  }
  const values = float64Of(weights);
  for (let i = 0; i < values.length; i++) values[i]! *= scale[channelOf(i)]!;
  return fromFloat64(dtype, dims, values);
}
