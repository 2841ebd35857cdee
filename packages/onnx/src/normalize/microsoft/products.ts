// Matrix products and convolutions, with what is fused into them, and in layouts with the channels last.

import type { AttributeValue, Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, take } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { like, optional, sum, takeAll, takeFlag, takeNumber, takeText, transpose } from './parts.ts';

const CONV = ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'];

export const products: SpelledOps = {
  FusedMatMul: (node, emit) => [fusedMatMul(node, emit)],
  TransposeMatMul: (node, emit) => [fusedMatMul(node, emit)],
  FusedMatMulActivation: (node, emit) => {
    const y = fusedMatMul(node, emit);
    const axis = take(node, 'activation_axis');
    const activation = takeText(node, 'activation', emit);
    if (activation === 'Softmax') return [emit.node('Softmax', [y], axis === undefined ? {} : { axis })];
    return [activated(y, activation, namedParameters(node), emit)];
  },
  FusedGemm: (node, emit) => {
    const gemm = emit.node('Gemm', node.inputs, takeAll(node, 'alpha', 'beta', 'transA', 'transB'));
    return [activated(gemm, takeText(node, 'activation', emit, ''), namedParameters(node), emit)];
  },
  FusedConv: (node, emit) => [
    fusedConv(
      node,
      (x) => x,
      (y) => y,
      emit,
    ),
  ],
  NhwcConv: (node, emit) => {
    const [x, w, bias] = [inputOf(node, 0, emit), inputOf(node, 1, emit), optional(node, 2)];
    const y = emit.node('Conv', [channelsFirst(x, emit), w, bias], takeAll(node, ...CONV));
    return [channelsLast(y, emit)];
  },
  NhwcFusedConv: (node, emit) => [
    fusedConv(
      node,
      (x) => channelsFirst(x, emit),
      (y) => channelsLast(y, emit),
      emit,
    ),
  ],
  ConvTransposeWithDynamicPads: { spell: convTransposeWithPads, steers: [2] },
};

/** [N, …, C] as [N, C, …] */
export function channelsFirst(x: Value, emit: Emitter): Value {
  const spatial = x.type.shape.slice(2).map((_, i) => i + 1);
  return transpose(x, [0, spatial.length + 1, ...spatial], emit);
}

/** [N, C, …] as [N, …, C] */
export function channelsLast(x: Value, emit: Emitter): Value {
  return transpose(x, [0, ...x.type.shape.slice(2).map((_, i) => i + 2), 1], emit);
}

function fusedMatMul(node: LegacyNode, emit: Emitter): Value {
  const [a, b] = (['A', 'B'] as const).map((letter, i) => {
    const [matrix, batch] = [takeFlag(node, `trans${letter}`, emit), takeFlag(node, `transBatch${letter}`, emit)];
    return transposed(inputOf(node, i, emit), matrix, batch, emit);
  }) as [Value, Value];
  const alpha = takeNumber(node, 'alpha', emit, 1);
  const y = emit.node('MatMul', [a, b]);
  return alpha === 1 ? y : emit.node('Mul', [y, like(y, alpha, emit)]);
}

/** With `batch` axis 0 moved behind the batch axes, with `matrix` the last two axes swapped. A vector stays as it is. */
function transposed(x: Value, matrix: boolean, batch: boolean, emit: Emitter): Value {
  const rank = x.type.shape.length;
  if (rank < 2 || !(matrix || batch)) return x;
  const perm = Array.from({ length: rank }, (_, i) => i);
  if (batch) perm.splice(rank - 2, 0, perm.shift()!);
  if (matrix) perm.push(...perm.splice(rank - 2).reverse());
  return transpose(x, perm, emit);
}

/** Conv, what is added to it, and an activation. `first` and `last` change the layout before and behind the Conv. */
function fusedConv(node: LegacyNode, first: (x: Value) => Value, last: (y: Value) => Value, emit: Emitter): Value {
  const inputs = [first(inputOf(node, 0, emit)), inputOf(node, 1, emit), optional(node, 2)];
  const conv = last(emit.node('Conv', inputs, takeAll(node, ...CONV)));
  const activation = takeText(node, 'activation', emit, '');
  const parameters = take(node, 'activation_params');
  return activated(sum(emit, conv, optional(node, 3)), activation, Array.isArray(parameters) ? parameters : [], emit);
}

function namedParameters(node: LegacyNode): (AttributeValue | undefined)[] {
  return ['activation_alpha', 'activation_beta', 'activation_gamma'].map((name) => take(node, name));
}

/** The names that parameters of activations have, in order. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  Softplus: [],
  Softsign: [],
  HardSwish: [],
  Elu: ['alpha'],
  Celu: ['alpha'],
  LeakyRelu: ['alpha'],
  ThresholdedRelu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  Selu: ['alpha', 'gamma'],
};

function activated(x: Value, op: string, values: readonly unknown[], emit: Emitter): Value {
  if (op === '') return x;
  const numbers = values.filter((value) => typeof value === 'number');
  if (op === 'Clip') return emit.node('Clip', [x, ...numbers.map((value) => like(x, value, emit))]);
  const names = Object.hasOwn(PARAMETERS, op) ? PARAMETERS[op] : undefined;
  if (!names) throw emit.fail(`the activation ${op}`);
  return emit.node(
    op,
    [x],
    Object.fromEntries(names.flatMap((name, i) => (i in numbers ? [[name, numbers[i]!]] : []))),
  );
}

function convTransposeWithPads(node: LegacyNode, emit: Emitter): Value[] {
  const inputs = [inputOf(node, 0, emit), inputOf(node, 1, emit), optional(node, 3)];
  const attributes = takeAll(node, 'auto_pad', 'dilations', 'group', 'kernel_shape', 'output_padding', 'strides');
  const given = optional(node, 2);
  const pads = given?.contents?.values.filter((value) => typeof value === 'number');
  if (given && pads?.length !== given.contents?.values.length) throw emit.fail('pads that are not known at build');
  return [emit.node('ConvTranspose', inputs, pads ? { ...attributes, pads } : attributes)];
}
