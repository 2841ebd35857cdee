// Contractions with constant weights, seen alike: an output channel axis, weights and a bias that can be scaled along it.

import { byteSize, type Constant, elementCount, type Node, type Value } from '@trtx/ir';
import { float64Of, floatConstant, fromFloat64, without } from './match.ts';
import type { NewValue, Patch } from './patch.ts';

/** Weights that other nodes read, too, are copied when they are scaled; larger ones than this are left alone. */
const MAX_SHARED_BYTES = 4 * 2 ** 20;

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
  const newWeights = scale ? patch.constant(scaled(w, weights.constant!, scale), weights.name) : weights;
  const inputs: Parameters<Patch['node']>[1][number][] = [x, newWeights];
  if (w.bias && (bias || offset)) {
    const values = w.bias.map((b, i) => b * (scale?.[i] ?? 1) + (offset?.[i] ?? 0));
    const { dtype } = weights.constant!;
    inputs.push(patch.constant(fromFloat64(dtype, [w.channels], values), bias?.name ?? `${w.node.name}.bias`));
  }
  // beta is in the bias now.
  return patch.covers(w.node).node(w.node.op.name, inputs, without(w.node, 'beta'), w.node.name);
}

function scaled(w: Weighted, weights: Constant, scale: Float64Array): Constant {
  const values = float64Of(weights);
  for (let i = 0; i < values.length; i++) values[i]! *= scale[w.channelOf(i)]!;
  return fromFloat64(weights.dtype, weights.dims, values);
}
