// Mixtures of experts: each token goes through the few networks that a router chose for it. Written for all experts at
// once, with a weight of 0 for those that were not chosen.

import type { Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, take } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import {
  ints,
  knownSize,
  like,
  optional,
  reshape,
  sum,
  takeFlag,
  takeNumber,
  takeText,
  transpose,
  unsqueeze,
} from './parts.ts';
import { expertWeights } from './weights.ts';

export const experts: SpelledOps = {
  MoE: (node, emit) => {
    const layer = (index: number) => layerOf(optional(node, index), optional(node, index + 1), emit);
    return [mixture(node, layersOf(layer(2), layer(4), layer(6), emit), null, emit)];
  },
  QMoE: (node, emit) => {
    const type = takeText(node, 'quant_type', emit, 'int');
    if (type !== 'int') throw emit.fail(`weights of the type ${type}`);
    if (takeNumber(node, 'weights_prepacked', emit, -1) > 0) throw emit.fail('weights packed for one kind of device');
    takeNumber(node, 'accuracy_level', emit, 0);
    const bits = takeNumber(node, 'expert_weight_bits', emit, 4);
    const block = takeNumber(node, 'block_size', emit, 0);
    const layer = (index: number, zeros: number) => {
      const codes = optional(node, index);
      const operands = codes && { codes, scales: inputOf(node, index + 1, emit), zeros: optional(node, zeros) };
      return layerOf(operands && expertWeights(operands, bits, block, emit), optional(node, index + 2), emit);
    };
    return [mixture(node, layersOf(layer(2, 11), layer(5, 12), layer(8, 13), emit), optional(node, 14), emit)];
  },
};

/** What a layer makes of [tokens, inputs] or [experts, tokens, inputs]: [experts, tokens, outputs]. */
type Layer = (x: Value) => Value;

/** Weights [experts, outputs, inputs] and a bias [experts, outputs]. */
function layerOf(weights: Value | null, bias: Value | null, emit: Emitter): Layer | undefined {
  if (!weights) return undefined;
  const matrices = transpose(weights, [0, 2, 1], emit);
  return (x) => sum(emit, emit.node('MatMul', [x, matrices]), bias && unsqueeze(bias, [1], emit));
}

interface Layers {
  readonly first: Layer;
  readonly second: Layer;
  /** The linear half of SwiGLU, where the first layer does not give both. */
  readonly third: Layer | undefined;
}

function layersOf(
  first: Layer | undefined,
  second: Layer | undefined,
  third: Layer | undefined,
  emit: Emitter,
): Layers {
  if (!first || !second) throw emit.fail('experts without weights');
  return { first, second, third };
}

/** @param shares what tokens take of their experts; by default what the router gives */
function mixture(node: LegacyNode, { first, second, third }: Layers, shares: Value | null, emit: Emitter): Value {
  const x = inputOf(node, 0, emit);
  const rows = reshape(x, [-1, knownSize(x, -1, emit)], emit);
  const hidden = activated(node, first(rows), third?.(rows), emit);
  const weighed = emit.node('Mul', [second(hidden), expertShares(node, shares, emit)]);
  const total = emit.node('ReduceSum', [weighed, ints(emit, 0)], { keepdims: 0 });
  return emit.node('Reshape', [total, emit.node('Shape', [x])]);
}

/** What each token takes of each expert: [experts, tokens, 1]. */
function expertShares(node: LegacyNode, shares: Value | null, emit: Emitter): Value {
  const router = inputOf(node, 1, emit);
  const normalizes = takeFlag(node, 'normalize_routing_weights', emit);
  if (takeFlag(node, 'use_sparse_mixer', emit)) throw emit.fail('the sparse mixer');
  const count = ints(emit, takeNumber(node, 'k', emit, 1));
  const [logits, chosen] = emit.outputs('TopK', 2, [router, count]) as [Value, Value];
  const picked = (all: Value) => emit.node('GatherElements', [all, chosen], { axis: -1 });
  const own = () => {
    if (!shares) return normalizes ? emit.node('Softmax', [logits]) : picked(emit.node('Softmax', [router]));
    const weights = picked(shares);
    return normalizes ? emit.node('Div', [weights, emit.node('ReduceSum', [weights, ints(emit, -1)])]) : weights;
  };
  const none = emit.node('Expand', [like(router, 0, emit), emit.node('Shape', [router])]);
  const all = emit.node('ScatterElements', [none, chosen, own()], { axis: -1 });
  return unsqueeze(transpose(all, [1, 0], emit), [2], emit);
}

const ACTIVATIONS: Readonly<Record<string, (x: Value, emit: Emitter) => Value>> = {
  identity: (x) => x,
  relu: (x, emit) => emit.node('Relu', [x]),
  silu: (x, emit) => emit.node('Swish', [x]),
  gelu: (x, emit) => emit.node('Gelu', [x], { approximate: 'tanh' }),
};

/** @param linear the other half of SwiGLU; undefined where the first layer gives both, or for other activations */
function activated(node: LegacyNode, x: Value, linear: Value | undefined, emit: Emitter): Value {
  const name = takeText(node, 'activation_type', emit, 'relu');
  const fusion = takeNumber(node, 'swiglu_fusion', emit, 0);
  const [alpha, beta] = [takeNumber(node, 'activation_alpha', emit, 1), takeNumber(node, 'activation_beta', emit, 0)];
  const limit = take(node, 'swiglu_limit');
  if (name !== 'swiglu') {
    const activation = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
    if (!activation || linear) throw emit.fail(`the activation ${name}${linear ? ' with a third layer' : ''}`);
    return activation(x, emit);
  }
  const halves =
    fusion === 0
      ? [x, linear]
      : fusion === 1
        ? interleaved(x, emit)
        : emit.outputs('Split', 2, [x], { axis: -1, num_outputs: 2 });
  let [gate, other] = halves as [Value, Value | undefined];
  if (!other) throw emit.fail('a SwiGLU without its linear half');
  if (typeof limit === 'number') {
    gate = emit.node('Min', [gate, like(gate, limit, emit)]);
    other = emit.node('Clip', [other, like(other, -limit, emit), like(other, limit, emit)]);
  }
  if (beta !== 0) other = emit.node('Add', [other, like(other, beta, emit)]);
  return emit.node('Mul', [emit.node('Swish', [gate], { alpha }), other]);
}

/** Every other element of the last axis, and the rest. */
function interleaved(x: Value, emit: Emitter): readonly Value[] {
  const pairs = reshape(x, [0, 0, knownSize(x, -1, emit) / 2, 2], emit);
  return [0, 1].map((index) => emit.node('Gather', [pairs, emit.scalar('int64', index)], { axis: 3 }));
}
