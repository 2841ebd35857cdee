// What undoes pooling and the cutting of images into blocks.

import { add, bounds, type Dim, floorDiv, mul, product, sub } from '../dim.ts';
import { sumOf } from '../interval.ts';
import { defineOp, type NodeView, type OpDef } from '../op.ts';
import { FLOATS, NUMBERS } from './types.ts';
import { listOf, WINDOW_ATTRIBUTES } from './window.ts';

/** One spatial axis of a Col2Im. */
export interface BlockAxis {
  readonly size: Dim;
  readonly block: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  /** How many blocks lie along the axis. */
  readonly count: Dim;
}

/** The spatial axes of a Col2Im, whose image and block are inputs 1 and 2. */
export function blockAxes(at: NodeView): BlockAxis[] {
  const image = at.need(1).values;
  const blocks = at.need(2).values;
  if (blocks.length !== image.length) throw at.fail(`blocks of [${blocks}] in an image of [${image}]`);
  const strides = listOf(at, 'strides', image.length, 1);
  const dilations = listOf(at, 'dilations', image.length, 1);
  const pads = listOf(at, 'pads', 2 * image.length, 0);
  return image.map((size, i) => {
    const block = blocks[i]!;
    if (typeof block !== 'number' || block < 1) throw at.fail(`a block of ${block}`, 'Make it a constant, at least 1.');
    const [stride, dilation, begin] = [strides[i]!, dilations[i]!, pads[i]!];
    const room = sub(add(size, begin + pads[i + image.length]!), dilation * (block - 1) + 1);
    return { size, block, stride, dilation, begin, count: add(floorDiv(room, stride), 1) };
  });
}

/**
 * The shape that a MaxUnpool's window, strides and pads tell of the pool's input: what indices count in. An explicit
 * output shape only adds zeros behind it.
 */
export function unpooledShape(at: NodeView): readonly Dim[] {
  const [batch, channels, ...spatial] = at.input(0).shape as [Dim, Dim, ...Dim[]];
  const kernel = at.ints('kernel_shape')!;
  if (kernel.length !== spatial.length)
    throw at.fail(`a window of rank ${kernel.length} over ${spatial.length} spatial axes`);
  const strides = listOf(at, 'strides', kernel.length, 1);
  const pads = listOf(at, 'pads', 2 * kernel.length, 0);
  const sizes = spatial.map((size, i) => {
    const reach = mul(sub(size, 1), strides[i]!);
    return add(reach, kernel[i]! - pads[i]! - pads[i + kernel.length]!);
  });
  return [batch, channels, ...sizes];
}

export const unpoolOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'MaxUnpool',
    since: 22,
    summary: 'elements put back where a MaxPool took them from, zeros elsewhere',
    inputs: [
      { name: 'X', types: FLOATS },
      { name: 'I', types: ['int64'] },
      { name: 'output_shape', types: ['int64'], optional: true, steersShape: true, told: 'sizes' },
    ],
    outputs: [{ name: 'output' }],
    attributes: {
      kernel_shape: { ...WINDOW_ATTRIBUTES.kernel_shape!, required: true },
      pads: WINDOW_ATTRIBUTES.pads!,
      strides: WINDOW_ATTRIBUTES.strides!,
    },
    trait: { kind: 'opaque' },
    infer(at) {
      const { dtype, shape } = at.input(0);
      const indices = at.input(1).shape;
      if (indices.length !== shape.length) throw at.fail(`indices of [${indices}] for an input of [${shape}]`);
      shape.forEach((dim, i) => {
        at.equal(dim, indices[i]!);
      });
      const told = unpooledShape(at);
      if (!at.inputs[2]) return [{ dtype, shape: told }];
      const output = at.need(2).values;
      if (output.length !== told.length) throw at.fail(`an output of [${output}] for an input of [${shape}]`);
      return [{ dtype, shape: output }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Col2Im',
    since: 18,
    summary: 'blocks of an image put back at their places and added up where they overlap',
    inputs: [
      { name: 'input', types: NUMBERS },
      { name: 'image_shape', types: ['int64'], steersShape: true },
      { name: 'block_shape', types: ['int64'], steersShape: true },
    ],
    outputs: [{ name: 'output' }],
    attributes: {
      dilations: WINDOW_ATTRIBUTES.dilations!,
      pads: WINDOW_ATTRIBUTES.pads!,
      strides: WINDOW_ATTRIBUTES.strides!,
    },
    trait: { kind: 'opaque' },
    range: (at, of) => [sumOf(of(0), [0, bounds(product(at.input(0).shape)).max])],
    infer(at) {
      const { dtype, shape } = at.input(0);
      if (shape.length !== 3) throw at.fail(`an input of [${shape}] where [N, C·block, blocks] belongs`);
      const axes = blockAxes(at);
      const block = axes.reduce((size, axis) => size * axis.block, 1);
      const channels = floorDiv(shape[1]!, block);
      at.equal(shape[1]!, mul(channels, block));
      at.equal(shape[2]!, product(axes.map(({ count }) => count)));
      return [{ dtype, shape: [shape[0]!, channels, ...axes.map(({ size }) => size)] }];
    },
  }),
];
