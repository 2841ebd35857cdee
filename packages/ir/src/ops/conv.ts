// Convolutions: sums of products over a window and the channels.

import { add, type Dim, mul, product } from '../dim.ts';
import { defineOp, type NodeView, type OpDef } from '../op.ts';
import { FLOATS } from './types.ts';
import { listOf, WINDOW_ATTRIBUTES, type WindowAxis, windowAxes } from './window.ts';

/** The geometry of a convolution, transposed or not, as kernels read it. */
export interface ConvGeometry {
  readonly batch: Dim;
  readonly groups: number;
  /** Channels of the input and of the output, over all groups. */
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly axes: readonly WindowAxis[];
}

/** Geometry of a Conv: weights [outputChannels, inputChannels/groups, ...kernel]. */
export function convGeometry(at: NodeView): ConvGeometry {
  const x = at.input(0).shape;
  const w = weightDims(at);
  const groups = at.int('group');
  const channels = staticChannels(at, x);
  if (w[1]! * groups !== channels) throw at.fail(`weights for ${w[1]! * groups} channels meet an input of ${channels}`);
  if (w[0]! % groups !== 0) throw at.fail(`${w[0]} output channels in ${groups} groups`);
  return {
    batch: x[0]!,
    groups,
    inputChannels: channels,
    outputChannels: w[0]!,
    axes: windowAxes(at, kernelDims(at, w)),
  };
}

/**
 * Geometry of a ConvTranspose: weights [inputChannels, outputChannels/groups, ...kernel]. Output element o gathers the
 * inputs i and kernel taps k with o = i·stride − begin + k·dilation.
 */
export function convTransposeGeometry(at: NodeView): ConvGeometry {
  const x = at.input(0).shape;
  const w = weightDims(at);
  const groups = at.int('group');
  const channels = staticChannels(at, x);
  if (w[0] !== channels) throw at.fail(`weights for ${w[0]} channels meet an input of ${channels}`);
  if (channels % groups !== 0) throw at.fail(`${channels} input channels in ${groups} groups`);
  const kernel = kernelDims(at, w);
  const rank = kernel.length;
  const strides = listOf(at, 'strides', rank, 1);
  const dilations = listOf(at, 'dilations', rank, 1);
  const extra = listOf(at, 'output_padding', rank, 0);
  const pads = listOf(at, 'pads', 2 * rank, 0);
  const wanted = at.ints('output_shape')?.slice(-rank);
  if (wanted && wanted.length < rank) throw at.fail(`output_shape [${wanted}] of ${rank} spatial axes`);
  const auto = at.string('auto_pad');
  const axes = kernel.map((k, i): WindowAxis => {
    const size = x[i + 2]!;
    const stride = strides[i]!;
    const dilation = dilations[i]!;
    const full = add(mul(add(size, -1), stride), (k - 1) * dilation + 1 + extra[i]!);
    const base = { size, kernel: k, stride, dilation };
    const same = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
    if (!same && !wanted) {
      const [begin, end] = auto === 'VALID' ? [0, 0] : [pads[i]!, pads[i + rank]!];
      return { ...base, begin, end, output: add(full, -(begin + end)) };
    }
    const output = wanted ? wanted[i]! : mul(size, stride);
    const total = add(full, mul(output, -1));
    if (typeof total !== 'number') throw at.fail('output_shape over a dynamic size');
    const less = Math.floor(Math.max(total, 0) / 2);
    const more = Math.max(total, 0) - less;
    const [begin, end] = auto === 'SAME_UPPER' ? [less, more] : [more, less];
    return { ...base, begin, end, output };
  });
  return { batch: x[0]!, groups, inputChannels: channels, outputChannels: w[1]! * groups, axes };
}

/** Every tap of every output element, padding counted in. */
export function convFlops({ batch, groups, inputChannels, outputChannels, axes }: ConvGeometry): Dim {
  const taps = axes.reduce((count, { kernel }) => count * kernel, inputChannels / groups);
  return mul(2 * taps * outputChannels, product([batch, ...axes.map(({ output }) => output)]));
}

/** Every tap of every input element, those that are cropped counted in. */
function convTransposeFlops({ batch, groups, inputChannels, outputChannels, axes }: ConvGeometry): Dim {
  const taps = axes.reduce((count, { kernel }) => count * kernel, outputChannels / groups);
  return mul(2 * taps * inputChannels, product([batch, ...axes.map(({ size }) => size)]));
}

const OPERANDS = [
  { name: 'X', types: FLOATS, sameAs: 'T' },
  { name: 'W', types: FLOATS, sameAs: 'T' },
  { name: 'B', types: FLOATS, sameAs: 'T', optional: true },
] as const;

export const convOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Conv',
    since: 22,
    summary: 'convolution over one or more spatial axes, with groups, strides, padding and dilation',
    inputs: OPERANDS,
    outputs: [{ name: 'Y' }],
    attributes: { ...WINDOW_ATTRIBUTES, group: { type: 'int', default: 1, min: 1, max: 2 ** 20 } },
    trait: {
      kind: 'contraction',
      weights: (at) => [{ input: 1, with: 0, summed: axesFrom(1, at), channel: { axis: 0, output: 1 }, bias: 2 }],
    },
    flops: (at) => convFlops(convGeometry(at)),
    infer: (at) => [output(at, convGeometry(at))],
  }),
  defineOp({
    domain: '',
    name: 'ConvTranspose',
    since: 22,
    summary: 'transposed convolution: each input element adds a scaled kernel to the output',
    inputs: OPERANDS,
    outputs: [{ name: 'Y' }],
    attributes: {
      ...WINDOW_ATTRIBUTES,
      group: { type: 'int', default: 1, min: 1, max: 2 ** 20 },
      output_padding: { type: 'ints', min: 0, max: 2 ** 20, doc: 'added to one side of the output; 0' },
      output_shape: {
        type: 'ints',
        min: 1,
        max: 2 ** 20,
        doc: 'sizes of the spatial output axes; pads follow from it',
      },
    },
    trait: {
      kind: 'contraction',
      weights: (at) => [
        { input: 1, with: 0, summed: [0, ...axesFrom(2, at)], channel: { axis: 1, output: 1 }, bias: 2 },
      ],
    },
    flops: (at) => convTransposeFlops(convTransposeGeometry(at)),
    infer: (at) => [output(at, convTransposeGeometry(at))],
  }),
];

function output(at: NodeView, g: ConvGeometry) {
  const bias = at.inputs[2]?.shape;
  if (bias && (bias.length !== 1 || bias[0] !== g.outputChannels))
    throw at.fail(`a bias of [${bias}] for ${g.outputChannels} channels`);
  return { dtype: at.input(0).dtype, shape: [g.batch, g.outputChannels, ...g.axes.map((axis) => axis.output)] };
}

/** The weights' axes from one on. */
function axesFrom(first: number, at: NodeView): number[] {
  return Array.from({ length: at.input(1).shape.length - first }, (_, i) => first + i);
}

function weightDims(at: NodeView): number[] {
  const w = at.input(1).shape;
  if (at.input(0).shape.length !== w.length || w.length < 3)
    throw at.fail(`weights of rank ${w.length} for an input of rank ${at.input(0).shape.length}`);
  if (w.some((d) => typeof d !== 'number')) throw at.fail(`weights of dynamic shape [${w}]`);
  return w as number[];
}

function kernelDims(at: NodeView, w: readonly number[]): readonly number[] {
  const kernel = at.ints('kernel_shape');
  if (kernel && (kernel.length !== w.length - 2 || kernel.some((k, i) => k !== w[i + 2])))
    throw at.fail(`kernel_shape [${kernel}] for weights of [${w}]`);
  return w.slice(2);
}

function staticChannels(at: NodeView, x: readonly Dim[]): number {
  const channels = x[1];
  if (typeof channels !== 'number') throw at.fail(`a dynamic number of channels (${channels})`);
  return channels;
}
