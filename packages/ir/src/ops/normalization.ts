// Normalizations: an input scaled by statistics of itself, or (BatchNormalization) of the training data.

import { type Dim, mul, product } from '../dim.ts';
import { type Alignment, defineOp, type Inferred, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import * as s from '../scalar.ts';
import { normalizeAxis } from './axis.ts';
import { FLOATS } from './types.ts';

/** The geometry of a normalization along neighbouring axes of input 0, which is [outer, length, inner] then. */
export interface NormGeometry {
  /** The axes that are normalized over, ascending. */
  readonly axes: readonly number[];
  readonly outer: Dim;
  /** Elements that are normalized together. */
  readonly length: Dim;
  readonly inner: Dim;
}

/** Geometry of Softmax, LogSoftmax and LpNormalization: along `axis`. */
export function softmaxGeometry(at: NodeView): NormGeometry {
  return geometry(at, [normalizeAxis(at, at.int('axis'), at.input(0).shape.length)]);
}

/** Geometry of LayerNormalization and RMSNormalization: over the axes from `axis` on. */
export function normGeometry(at: NodeView): NormGeometry {
  const rank = at.input(0).shape.length;
  const axis = normalizeAxis(at, at.int('axis'), rank);
  return geometry(at, range(axis, rank));
}

/** Geometry of InstanceNormalization: over all spatial axes. */
export function instanceGeometry(at: NodeView): NormGeometry {
  return geometry(at, range(2, at.input(0).shape.length));
}

/**
 * Geometry of GroupNormalization: over the channels of a group and all spatial axes. The groups are no axis of the input,
 * so `axes` has those from the channels on, and `outer` counts batch elements and groups.
 */
export function groupGeometry(at: NodeView): NormGeometry {
  const { shape } = at.input(0);
  const groups = at.int('num_groups');
  const [batch, channels] = shape;
  if (shape.length < 2 || typeof channels !== 'number')
    throw at.fail(`an input of [${shape}], which has no channels or a dynamic number of them`);
  if (channels % groups !== 0) throw at.fail(`${channels} channels in ${groups} groups`);
  const length = mul(channels / groups, product(shape.slice(2)));
  return { axes: range(1, shape.length), outer: mul(batch!, groups), length, inner: 1 };
}

function geometry(at: NodeView, axes: readonly number[]): NormGeometry {
  const { shape } = at.input(0);
  const end = axes[0]! + axes.length;
  return {
    axes,
    outer: product(shape.slice(0, axes[0])),
    length: product(shape.slice(axes[0], end)),
    inner: product(shape.slice(end)),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

const operand = (name: string, letter = 'T', optional = false): OperandSpec => ({
  name,
  types: FLOATS,
  sameAs: letter,
  optional,
});

const EPSILON = { type: 'float', default: 1e-5, min: 0, max: 1, doc: 'added to the variance' } as const;
const STASH = { type: 'int', default: 1, min: 0, max: 16, doc: 'ONNX type number of the statistics' } as const;

const channelwise: Alignment = (_, input) => (input > 0 ? [1] : undefined);

export const normalizationOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'BatchNormalization',
    since: 15,
    summary: 'inference form: (X − mean) / √(variance + epsilon) · scale + B, for each channel',
    inputs: [
      operand('X'),
      operand('scale', 'T1'),
      operand('B', 'T1'),
      operand('input_mean', 'T2'),
      operand('input_var', 'T2'),
    ],
    outputs: [{ name: 'Y' }],
    attributes: {
      epsilon: EPSILON,
      momentum: { type: 'float', default: 0.9, doc: 'of training; unused' },
      training_mode: { type: 'int', default: 0, min: 0, max: 1 },
    },
    trait: { kind: 'pointwise', scalar: batchNormalization, alignment: channelwise },
    infer(at) {
      if (at.int('training_mode') || at.outputCount > 1)
        throw at.fail('BatchNormalization in training mode', 'Export the model in inference (evaluation) mode.');
      const { dtype, shape } = at.input(0);
      if (shape.length < 2) throw at.fail(`an input of rank ${shape.length} has no channels`);
      checkChannels(at, [1, 2, 3, 4], shape[1]!);
      return [{ dtype, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'LayerNormalization',
    since: 17,
    summary: '(X − mean) / √(variance + epsilon) · Scale + B, with statistics over the axes from `axis` on',
    inputs: [operand('X'), operand('Scale'), operand('B', 'T', true)],
    outputs: [{ name: 'Y' }, { name: 'Mean', optional: true }, { name: 'InvStdDev', optional: true }],
    attributes: { axis: { type: 'int', default: -1 }, epsilon: EPSILON, stash_type: STASH },
    trait: { kind: 'reduction', axes: (at) => normGeometry(at).axes, delicate: true },
    infer(at) {
      const { axes } = normGeometry(at);
      const { dtype, shape } = at.input(0);
      checkTrailing(at, [1, 2]);
      const statistics: Inferred = { dtype: 'float32', shape: shape.map((d, axis) => (axes.includes(axis) ? 1 : d)) };
      return [{ dtype, shape }, statistics, statistics].slice(0, at.outputCount);
    },
  }),
  defineOp({
    domain: '',
    name: 'RMSNormalization',
    since: 23,
    summary: 'X / √(mean of X² + epsilon) · scale, with the mean over the axes from `axis` on',
    inputs: [operand('X'), operand('scale', 'V')],
    outputs: [{ name: 'Y' }],
    attributes: { axis: { type: 'int', default: -1 }, epsilon: EPSILON, stash_type: STASH },
    trait: { kind: 'reduction', axes: (at) => normGeometry(at).axes, delicate: true },
    infer(at) {
      checkTrailing(at, [1]);
      return [{ dtype: at.input(1).dtype, shape: at.input(0).shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'InstanceNormalization',
    since: 22,
    summary: 'each channel of each batch element normalized over its spatial positions, then scale and B',
    inputs: [operand('input'), operand('scale'), operand('B')],
    outputs: [{ name: 'output' }],
    attributes: { epsilon: EPSILON },
    trait: { kind: 'reduction', axes: (at) => instanceGeometry(at).axes, delicate: true },
    infer(at) {
      const { dtype, shape } = at.input(0);
      if (shape.length < 3) throw at.fail(`an input of rank ${shape.length} has no spatial axes`);
      checkChannels(at, [1, 2], shape[1]!);
      return [{ dtype, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'GroupNormalization',
    since: 21,
    summary:
      'each group of channels of each batch element normalized over its elements, then scale and bias by channel',
    inputs: [operand('X'), operand('scale'), operand('bias')],
    outputs: [{ name: 'Y' }],
    attributes: {
      epsilon: EPSILON,
      num_groups: { type: 'int', required: true, min: 1, max: 2 ** 20 },
      stash_type: STASH,
    },
    trait: { kind: 'opaque', delicate: true },
    infer(at) {
      groupGeometry(at);
      const { dtype, shape } = at.input(0);
      checkChannels(at, [1, 2], shape[1]!);
      return [{ dtype, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'LpNormalization',
    since: 22,
    summary:
      'x divided by the sum of |x| (p = 1) or the root of the sum of x² (p = 2) along an axis; 0 where that is 0',
    inputs: [operand('input')],
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', default: -1 }, p: { type: 'int', default: 2, min: 1, max: 2 } },
    trait: { kind: 'reduction', axes: (at) => softmaxGeometry(at).axes, delicate: true },
    infer(at) {
      softmaxGeometry(at);
      return [at.input(0)];
    },
  }),
  softmax('Softmax', 'eˣ / Σ eˣ along an axis'),
  softmax('LogSoftmax', 'x − log Σ eˣ along an axis'),
];

/** Computed in the type of the statistics. */
function batchNormalization(at: NodeView): s.Scalar {
  const { dtype } = at.input(3);
  const [x, scale, bias, mean, variance] = at.inputs.map((type, i) => s.cast(s.arg(i, type!.dtype), dtype));
  const deviation = s.unary('sqrt', s.binary('add', variance!, s.constant(at.float('epsilon'), dtype)));
  const normal = s.binary('div', s.binary('sub', x!, mean!), deviation);
  return s.cast(s.binary('add', s.binary('mul', normal, scale!), bias!), at.input(0).dtype);
}

function softmax(name: string, summary: string): OpDef {
  return defineOp({
    domain: '',
    name,
    since: 13,
    summary,
    inputs: [operand('input')],
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', default: -1 } },
    trait: { kind: 'reduction', axes: (at) => softmaxGeometry(at).axes, delicate: true },
    infer(at) {
      softmaxGeometry(at);
      return [{ dtype: at.input(0).dtype, shape: at.input(0).shape }];
    },
  });
}

function checkChannels(at: NodeView, inputs: readonly number[], channels: Dim): void {
  for (const index of inputs) {
    const { shape } = at.input(index);
    if (shape.length !== 1) throw at.fail(`input ${index} has rank ${shape.length} where one number a channel belongs`);
    at.equal(shape[0]!, channels);
  }
}

/** The inputs must broadcast to the last axes of input 0. */
function checkTrailing(at: NodeView, inputs: readonly number[]): void {
  const { shape } = at.input(0);
  for (const index of inputs) {
    const own = at.inputs[index]?.shape ?? [];
    if (own.length > shape.length)
      throw at.fail(`input ${index} of rank ${own.length} for an input of ${shape.length}`);
    own.forEach((dim, i) => {
      if (dim !== 1) at.equal(dim, shape[shape.length - own.length + i]!);
    });
  }
}
