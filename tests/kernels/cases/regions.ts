// Regions of pictures, places in them, and what puts pictures together.

import type { BuilderAttributes, Value } from '@trtx/ir';
import { type Case, type CaseInput, f32, ints } from '../support.ts';

const one = (
  op: string,
  name: string,
  inputs: readonly (CaseInput | null)[],
  attributes: BuilderAttributes = {},
  more: Partial<Case> = {},
): Case => ({
  name: `${op}: ${name}`,
  inputs: inputs.filter((input) => input !== null),
  build(b, ...given) {
    const rest = [...given];
    return b.op(
      op,
      inputs.map((input) => input && rest.shift()!),
      attributes,
    )[0]!;
  },
  ...more,
});

const between = (low: number, high: number, ...dims: (number | string)[]): CaseInput => ({
  dtype: 'float32',
  dims,
  low,
  high,
});

const deform = (
  name: string,
  {
    x,
    w,
    out,
    offsetGroups = 1,
    bias = false,
    mask = false,
    attributes = {},
    more,
  }: {
    x: CaseInput;
    w: readonly number[];
    out: readonly (number | string)[];
    offsetGroups?: number;
    bias?: boolean;
    mask?: boolean;
    attributes?: BuilderAttributes;
    more?: Partial<Case>;
  },
): Case => {
  const taps = w.slice(2).reduce((a, b) => a * b, 1) * offsetGroups;
  const batch = x.dims[0]!;
  return one(
    'DeformConv',
    name,
    [
      x,
      f32(...w),
      between(-2, 2, batch, taps * (w.length - 2), ...out),
      bias ? f32(w[0]!) : null,
      ...(mask ? [f32(batch, taps, ...out)] : []),
    ],
    { offset_group: offsetGroups, ...attributes },
    more,
  );
};

const affineGrid = (sizes: readonly number[], align_corners: number): Case => ({
  name: `AffineGrid: ${sizes.join(' × ')}${align_corners ? ', corners aligned' : ''}`,
  inputs: [f32(2, sizes.length, sizes.length + 1)],
  build: (b, theta) => b.op('AffineGrid', [theta, ints(b, 2, 3, ...sizes)], { align_corners })[0]!,
});

const col2im = (
  name: string,
  x: CaseInput,
  image: readonly number[],
  block: readonly number[],
  attributes: BuilderAttributes = {},
): Case => ({
  name: `Col2Im: ${name}`,
  inputs: [x],
  build: (b, input) => b.op('Col2Im', [input, ints(b, ...image), ints(b, ...block)], attributes)[0]!,
});

/** What a MaxPool took, put back. */
const unpool = (name: string, x: CaseInput, attributes: BuilderAttributes, shape?: readonly number[]): Case => ({
  name: `MaxUnpool: ${name}`,
  inputs: [x],
  build(b, input) {
    const [values, places] = b.op('MaxPool', [input], attributes, { outputs: 2 }) as [Value, Value];
    return b.op('MaxUnpool', [b.Neg(values), places, ...(shape ? [ints(b, ...shape)] : [])], attributes)[0]!;
  },
});

const batches = (high: number, rois: number | string): CaseInput => ({ dtype: 'int64', dims: [rois], low: 0, high });

export const regionCases: readonly Case[] = [
  deform('no padding', { x: f32(1, 2, 6, 7), w: [3, 2, 2, 3], out: [5, 5] }),
  deform('groups, bias, mask', {
    x: f32(2, 4, 5, 6),
    w: [6, 2, 3, 3],
    out: [5, 3],
    offsetGroups: 2,
    bias: true,
    mask: true,
    attributes: { group: 2, pads: [1, 1, 1, 1], strides: [1, 2] },
  }),
  deform('1-D, dilation', {
    x: f32(2, 3, 11),
    w: [2, 3, 3],
    out: [9],
    mask: true,
    attributes: { dilations: [2], pads: [1, 1] },
  }),
  deform('dynamic', {
    x: f32('N', 2, 'H', 5),
    w: [3, 2, 3, 3],
    out: ['H', 5],
    attributes: { pads: [1, 1, 1, 1] },
    more: {
      symbols: { N: { min: 0, max: 2 }, H: { min: 3, max: 8 } },
      runs: [
        { N: 1, H: 3 },
        { N: 2, H: 8 },
        { N: 0, H: 4 },
      ],
    },
  }),
  ...['avg', 'max'].flatMap((mode) =>
    ['half_pixel', 'output_half_pixel'].flatMap((coordinate_transformation_mode) =>
      [0, 2].map((sampling_ratio) =>
        one(
          'RoiAlign',
          `${mode}, ${coordinate_transformation_mode}, ${sampling_ratio || 'as many points as fit'}`,
          [f32(2, 3, 9, 8), between(-2, 20, 5, 4), batches(2, 5)],
          {
            mode,
            coordinate_transformation_mode,
            sampling_ratio,
            output_height: 3,
            output_width: 2,
            spatial_scale: 0.5,
          },
        ),
      ),
    ),
  ),
  one(
    'RoiAlign',
    'dynamic',
    [f32(2, 3, 'H', 8), between(0, 8, 'R', 4), batches(2, 'R')],
    { output_height: 2, output_width: 2, sampling_ratio: 1 },
    {
      symbols: { H: { min: 1, max: 9 }, R: { min: 0, max: 6 } },
      runs: [
        { H: 9, R: 6 },
        { H: 1, R: 1 },
        { H: 4, R: 0 },
      ],
    },
  ),
  ...[1, 0.5].map(
    (spatial_scale): Case => ({
      name: `MaxRoiPool: regions of all sizes, scale ${spatial_scale}`,
      inputs: [f32(2, 2, 9, 8), between(0, 6, 4, 2), between(2, 12, 4, 2)],
      build(b, x, low, high) {
        const rois = b.op('Concat', [b.constant('float32', [4, 1], [0, 1, 1, 0]), low, high], { axis: 1 })[0]!;
        return b.op('MaxRoiPool', [x, rois], { pooled_shape: [4, 3], spatial_scale })[0]!;
      },
    }),
  ),
  affineGrid([5, 6], 0),
  affineGrid([5, 1], 1),
  affineGrid([3, 4, 2], 0),
  affineGrid([3, 4, 5], 1),
  {
    name: 'AffineGrid: dynamic',
    inputs: [f32('N', 2, 3), f32('N', 1, 'H', 'W')],
    symbols: { N: { min: 1, max: 2 }, H: { min: 1, max: 9 }, W: { min: 1, max: 9 } },
    runs: [
      { N: 1, H: 9, W: 4 },
      { N: 2, H: 1, W: 9 },
    ],
    build: (b, theta, x) => b.op('AffineGrid', [theta, b.Shape(x)], { align_corners: 1 })[0]!,
  },
  col2im('apart', f32(1, 5, 5), [5, 5], [1, 5]),
  col2im('strides, padding', f32(2, 2 * 9, 9), [5, 6], [3, 3], { strides: [2, 2], pads: [1, 0, 1, 1] }),
  col2im('dilation', f32(1, 4, 8), [6, 6], [2, 2], { dilations: [2, 4] }),
  col2im('1-D, integers', { dtype: 'int32', dims: [2, 6, 7], low: -99, high: 99 }, [9], [3]),
  unpool('windows side by side', f32(2, 3, 8, 6), { kernel_shape: [2, 2], strides: [2, 2] }),
  unpool('a larger shape', f32(1, 2, 6, 6), { kernel_shape: [2, 2], strides: [2, 2] }, [1, 2, 7, 8]),
  unpool('1-D, windows that overlap', f32(1, 2, 40), { kernel_shape: [3], strides: [1] }),
];
