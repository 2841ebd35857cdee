// Ops that move, pick or make elements, most of them from before ONNX had its own.

import type { DType, Value } from '@trtx/ir';
import { type Emitter, inputOf, type LegacyNode, take } from '../node.ts';
import type { SpelledOps } from '../spelled.ts';
import { castTo } from '../steps.ts';
import { counted, ints, optional, reshape, sizeOf, takeAll, takeNumber, unsqueeze } from './parts.ts';

export const layout: SpelledOps = {
  SampleOp: (node, emit) => [inputOf(node, 0, emit)],
  ExpandDims: { spell: expandDims, steers: [1] },
  GatherND: (node, emit) => [
    emit.node('GatherND', [inputOf(node, 0, emit), castTo(inputOf(node, 1, emit), 'int64', emit)]),
  ],
  TorchEmbedding: (node, emit) => [emit.node('Gather', [inputOf(node, 0, emit), inputOf(node, 1, emit)])],
  Trilu: (node, emit) => [emit.node('Trilu', node.inputs, takeAll(node, 'upper'))],
  Pad: {
    spell: (node, emit) => {
      // [2 · rank], or the same in a row of its own.
      const pads = reshape(inputOf(node, 1, emit), [-1], emit);
      const value = optional(node, 2);
      const single = value && emit.node('Reshape', [value, ints(emit)]);
      return [emit.node('Pad', [inputOf(node, 0, emit), pads, single], takeAll(node, 'mode'))];
    },
    steers: [1],
  },
  Range: {
    spell: (node, emit) => {
      const single = (value: Value) => emit.node('Reshape', [value, ints(emit)]);
      const start = single(inputOf(node, 0, emit));
      const delta = optional(node, 2);
      const limit = single(inputOf(node, 1, emit));
      return [emit.node('Range', [start, limit, delta ? single(delta) : emit.scalar(start.type.dtype, 1)])];
    },
    steers: [0, 1, 2],
  },
  Unique: (node, emit) => {
    // Outputs are in the order of first appearance; ONNX has the places of the first ones as a further output.
    const [y, , inverse, counts] = emit.outputs('Unique', 4, [inputOf(node, 0, emit)], { sorted: 0 });
    return [y, inverse, counts];
  },
  UnfoldTensor: unfold,
  GridSample: gridSample,
  MaxpoolWithMask: maxpoolWithMask,
  CropAndResize: { spell: cropAndResize, steers: [3] },
};

function expandDims(node: LegacyNode, emit: Emitter): Value[] {
  const axis = inputOf(node, 1, emit).contents?.values[0];
  if (typeof axis !== 'number') throw emit.fail('an axis that is not known at build');
  return [emit.node('Unsqueeze', [inputOf(node, 0, emit), ints(emit, axis)])];
}

/** Windows of `size` places, `step` apart, along an axis; the places of a window are a new last axis. */
function unfold(node: LegacyNode, emit: Emitter): Value[] {
  const x = inputOf(node, 0, emit);
  const rank = x.type.shape.length;
  const dim = takeNumber(node, 'dim', emit, -1);
  const axis = dim < 0 ? dim + rank : dim;
  const [size, step] = [takeNumber(node, 'size', emit), takeNumber(node, 'step', emit, 1)];
  const number = (value: number) => ints(emit, value);
  const room = emit.node('Sub', [sizeOf(x, axis, emit), number(size)]);
  const windows = emit.node('Add', [emit.node('Div', [room, number(step)]), number(1)]);
  const starts = emit.node('Mul', [counted(windows, 'int64', emit), number(step)]);
  const within = counted(number(size), 'int64', emit);
  const places = emit.node('Add', [unsqueeze(starts, [1], emit), within]);
  const picked = emit.node('Gather', [x, places], { axis });
  const axes = Array.from({ length: rank + 1 }, (_, i) => i);
  return [emit.node('Transpose', [picked], { perm: [...axes.slice(0, axis + 1), ...axes.slice(axis + 2), axis + 1] })];
}

/** Elements are left out where the mask, which hides the ends of rows, is 0. */
function maxpoolWithMask(node: LegacyNode, emit: Emitter): Value[] {
  const [x, mask] = [inputOf(node, 0, emit), inputOf(node, 1, emit)];
  const hidden = emit.node('Equal', [mask, emit.scalar(mask.type.dtype, 0)]);
  const seen = emit.node('Where', [hidden, emit.scalar(x.type.dtype, LOWEST), x]);
  return [emit.node('MaxPool', [seen], takeAll(node, 'auto_pad', 'kernel_shape', 'pads', 'storage_order', 'strides'))];
}

/** The least number of float32. */
const LOWEST = -(2 - 2 ** -23) * 2 ** 127;

/** The names of modes that ONNX has other ones for since opset 20. */
const MODES: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

function gridSample(node: LegacyNode, emit: Emitter): Value[] {
  const mode = take(node, 'mode') ?? 'bilinear';
  return [
    emit.node('GridSample', [inputOf(node, 0, emit), inputOf(node, 1, emit)], {
      mode: MODES[mode as string] ?? mode,
      ...takeAll(node, 'align_corners', 'padding_mode'),
    }),
  ];
}

/**
 * Boxes [y1, x1, y2, x2] in units of the image, each resized to crop_size with its corners kept: as sampling at the points
 * of a grid, which has x before y and goes from −1 to 1. Points outside the image have the extrapolation value.
 */
function cropAndResize(node: LegacyNode, emit: Emitter): Value[] {
  const [x, rois, batches, crop] = [0, 1, 2, 3].map((i) => inputOf(node, i, emit)) as [Value, Value, Value, Value];
  const outside = takeNumber(node, 'extrapolation_value', emit, 0);
  const nearest = take(node, 'mode') === 'nearest';
  const { dtype } = x.type;
  const number = (value: number) => emit.scalar(dtype, value);
  const binary = (op: string, a: Value, b: Value) => emit.node(op, [a, b]);
  const edges = emit.outputs('Split', 4, [rois], { axis: 1, num_outputs: 4 }) as [Value, Value, Value, Value];
  const sizes = castTo(crop, 'int64', emit);
  const shape = emit.node('Concat', [sizeOf(rois, 0, emit), sizes], { axis: 0 });
  // Where the points of all boxes are along one axis, in units of the image: [boxes, height, width].
  const [ys, xs] = [0, 1].map((axis) => {
    const count = emit.node('Slice', [sizes, ints(emit, axis), ints(emit, axis + 1)]);
    const shares = cropShares(count, dtype, emit);
    const [from, to] = [edges[axis]!, edges[axis + 2]!];
    const along = binary('Add', from, binary('Mul', shares, binary('Sub', to, from)));
    return emit.node('Expand', [unsqueeze(along, [axis === 0 ? 2 : 1], emit), shape]);
  }) as [Value, Value];
  const coordinates = (
    [
      [xs, 3],
      [ys, 2],
    ] as const
  ).map(([points, axis]) => {
    const own = nearest ? snapped(points, sizeOf(x, axis, emit), emit) : points;
    return unsqueeze(binary('Sub', binary('Mul', own, number(2)), number(1)), [3], emit);
  });
  const sampled = emit.node(
    'GridSample',
    [emit.node('Gather', [x, batches]), emit.node('Concat', coordinates, { axis: 3 })],
    {
      align_corners: 1,
      padding_mode: 'border',
    },
  );
  const inside = [ys, xs].map((points) =>
    binary('And', binary('GreaterOrEqual', points, number(0)), binary('LessOrEqual', points, number(1))),
  ) as [Value, Value];
  const seen = unsqueeze(binary('And', ...inside), [1], emit);
  return [emit.node('Where', [seen, sampled, number(outside)])];
}

/** Where `count` points are between the edges of a box, which are 0 and 1; a single one is in the middle. */
function cropShares(count: Value, dtype: DType, emit: Emitter): Value {
  const number = (value: number) => emit.scalar(dtype, value);
  const gaps = castTo(emit.node('Sub', [count, ints(emit, 1)]), dtype, emit);
  const steps = emit.node('Div', [counted(count, dtype, emit), emit.node('Max', [gaps, number(1)])]);
  const single = emit.node('Sub', [number(1), emit.node('Min', [gaps, number(1)])]);
  return emit.node('Add', [steps, emit.node('Mul', [single, number(0.5)])]);
}

/** Points in units of an axis, moved to the nearest of its places; to the next one where two are as near. */
function snapped(points: Value, size: Value, emit: Emitter): Value {
  const { dtype } = points.type;
  const gaps = castTo(emit.node('Sub', [size, ints(emit, 1)]), dtype, emit);
  const half = emit.node('Add', [emit.node('Mul', [points, gaps]), emit.scalar(dtype, 0.5)]);
  return emit.node('Div', [emit.node('Floor', [half]), emit.node('Max', [gaps, emit.scalar(dtype, 1)])]);
}
