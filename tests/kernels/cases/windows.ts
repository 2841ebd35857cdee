// Pooling, resizing, and tensors that are computed from sizes.

import type { BuilderAttributes } from '@trtx/ir';
import { type Case, type CaseInput, f32, ints } from '../support.ts';

const pool = (
  op: string,
  name: string,
  x: CaseInput,
  attributes: BuilderAttributes,
  more: Partial<Case> = {},
): Case => ({
  name: `${op}: ${name}`,
  inputs: [x],
  build: (b, input) => b.op(op, [input], attributes),
  ...more,
});
const both = (name: string, x: CaseInput, attributes: BuilderAttributes, more: Partial<Case> = {}): Case[] => [
  pool('MaxPool', name, x, attributes, more),
  pool('AveragePool', name, x, attributes, more),
];
const places = (name: string, x: CaseInput, attributes: BuilderAttributes): Case => ({
  name: `MaxPool: ${name}`,
  inputs: [x],
  build: (b, input) => b.op('MaxPool', [input], attributes, { outputs: 2 }),
});

const dynamicImage = {
  symbols: { N: { min: 0, max: 2 }, H: { min: 3, max: 20 }, W: { min: 3, max: 20 } },
  runs: [
    { N: 1, H: 8, W: 9 },
    { N: 2, H: 20, W: 20 },
    { N: 0, H: 5, W: 5 },
    { N: 1, H: 3, W: 3 },
  ],
};

export const poolCases: readonly Case[] = [
  ...both('no padding', f32(2, 3, 8, 7), { kernel_shape: [2, 2], strides: [2, 2] }),
  ...both('padding', f32(1, 3, 8, 7), { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  ...both('asymmetric padding, stride 3', f32(1, 2, 9, 11), {
    kernel_shape: [4, 3],
    strides: [3, 3],
    pads: [0, 2, 3, 1],
  }),
  ...both('rounded up', f32(1, 2, 8, 9), { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  ...both('rounded up, padding', f32(1, 2, 8, 9), {
    kernel_shape: [3, 2],
    strides: [3, 3],
    pads: [1, 0, 1, 1],
    ceil_mode: 1,
  }),
  ...both('dilation', f32(1, 2, 9, 10), { kernel_shape: [3, 2], dilations: [2, 3] }),
  ...both('1-D', f32(2, 3, 17), { kernel_shape: [5], strides: [3], pads: [2, 1] }),
  ...both('3-D', f32(1, 2, 5, 6, 7), { kernel_shape: [2, 3, 2], strides: [2, 2, 1] }),
  ...both('SAME_UPPER', f32(1, 2, 7, 8), { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  ...both('SAME_LOWER', f32(1, 2, 7, 8), { kernel_shape: [2, 3], strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  ...both('no batch', f32(0, 2, 7, 8), { kernel_shape: [2, 3] }),
  ...both(
    'dynamic',
    f32('N', 2, 'H', 'W'),
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
    dynamicImage,
  ),
  pool('AveragePool', 'padding counts', f32(1, 2, 8, 9), {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    count_include_pad: 1,
  }),
  pool('AveragePool', 'padding counts, what rounding up adds does not', f32(1, 2, 8, 9), {
    kernel_shape: [3, 3],
    strides: [3, 2],
    pads: [1, 0, 0, 1],
    ceil_mode: 1,
    count_include_pad: 1,
  }),
  pool(
    'MaxPool',
    'int8',
    { dtype: 'int8', dims: [1, 2, 6, 6], low: -128, high: -100 },
    { kernel_shape: [2, 2], pads: [1, 1, 0, 0] },
  ),
  pool('MaxPool', 'uint8', { dtype: 'uint8', dims: [1, 2, 6, 6], low: 0, high: 255 }, { kernel_shape: [3, 3] }),
  ...[1, 2, 3].map((p) =>
    pool('LpPool', `p = ${p}`, f32(1, 2, 8, 7), { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1], p }),
  ),
  pool(
    'LpPool',
    'dynamic',
    f32('N', 2, 'H', 'W'),
    { kernel_shape: [2, 2], strides: [2, 1], ceil_mode: 1 },
    dynamicImage,
  ),
  places('places', f32(2, 2, 7, 6), { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }),
  places('places in columns', f32(1, 2, 5, 6), { kernel_shape: [2, 2], storage_order: 1 }),
  places('places among equals', { dtype: 'uint8', dims: [1, 1, 8, 8], low: 0, high: 3 }, { kernel_shape: [3, 3] }),
];

const resize = (
  name: string,
  x: CaseInput,
  { scales, sizes, roi }: { scales?: readonly number[]; sizes?: readonly number[]; roi?: readonly number[] },
  attributes: BuilderAttributes = {},
  more: Partial<Case> = {},
): Case => ({
  name: `Resize: ${name}`,
  inputs: [x],
  build(b, input) {
    const floats = (values: readonly number[]) => b.constant('float32', [values.length], values);
    return b.op(
      'Resize',
      [input, roi ? floats(roi) : null, scales ? floats(scales) : null, ...(sizes ? [ints(b, ...sizes)] : [])],
      {
        mode: 'linear',
        ...attributes,
      },
    );
  },
  ...more,
});

const COORDINATES = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
] as const;
const image = f32(1, 2, 5, 6);

export const resizeCases: readonly Case[] = [
  ...COORDINATES.flatMap((mode) => [
    resize(`linear, ${mode}, larger`, image, { scales: [1, 1, 2, 1.5] }, { coordinate_transformation_mode: mode }),
    resize(`linear, ${mode}, smaller`, image, { sizes: [1, 2, 3, 1] }, { coordinate_transformation_mode: mode }),
    resize(
      `cubic, ${mode}`,
      image,
      { scales: [1, 1, 1.3, 0.7] },
      { mode: 'cubic', coordinate_transformation_mode: mode },
    ),
    resize(
      `nearest, ${mode}`,
      image,
      { scales: [1, 1, 3, 0.6] },
      { mode: 'nearest', coordinate_transformation_mode: mode },
    ),
  ]),
  ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map((nearest_mode) =>
    resize(`nearest, ${nearest_mode}`, image, { scales: [1, 1, 2, 0.5] }, { mode: 'nearest', nearest_mode }),
  ),
  resize('linear, a scale that is no simple ratio', image, { scales: [1, 1, 1.2345678, 2.7654321] }),
  resize(
    'nearest, a scale that is no simple ratio',
    image,
    { scales: [1, 1, 1.2345678, 2.7654321] },
    { mode: 'nearest' },
  ),
  resize(
    'cubic, weights outside left out',
    image,
    { scales: [1, 1, 2, 1.5] },
    { mode: 'cubic', exclude_outside: 1, cubic_coeff_a: -0.5 },
  ),
  resize('linear, wider filter', f32(1, 2, 12, 15), { scales: [1, 1, 0.4, 0.3] }, { antialias: 1 }),
  resize('cubic, wider filter', f32(1, 2, 12, 15), { sizes: [1, 2, 5, 20] }, { mode: 'cubic', antialias: 1 }),
  resize('linear, some axes', f32(2, 4, 5), { sizes: [7, 3] }, { axes: [2, 0] }),
  resize('linear, 1-D', f32(2, 3, 9), { scales: [1, 1, 2.5] }),
  resize('linear, 3-D', f32(1, 2, 3, 4, 5), { scales: [1, 1, 2, 2, 0.8] }),
  resize('linear, not larger', image, { sizes: [9, 9] }, { axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' }),
  resize(
    'linear, a region',
    image,
    { sizes: [1, 2, 4, 7], roi: [0, 0, 0.2, -0.2, 1, 1, 0.7, 1.3] },
    {
      coordinate_transformation_mode: 'tf_crop_and_resize',
      extrapolation_value: 9,
    },
  ),
  resize(
    'nearest, a region, bytes',
    { dtype: 'uint8', dims: [1, 1, 6, 6], low: 0, high: 250 },
    { sizes: [1, 1, 3, 9], roi: [0, 0, 0.12, 0.01, 1, 1, 0.9, 1.23] },
    {
      mode: 'nearest',
      coordinate_transformation_mode: 'tf_crop_and_resize',
      extrapolation_value: 7,
    },
  ),
  {
    name: 'Resize: linear, a region that only the run tells',
    inputs: [f32(1, 2, 6, 7), { dtype: 'float32', dims: [4], low: 0, high: 1.2 }],
    build: (b, x, roi) =>
      b.op('Resize', [x, roi, null, ints(b, 4, 1)], {
        mode: 'linear',
        axes: [3, 2],
        coordinate_transformation_mode: 'tf_crop_and_resize',
        extrapolation_value: 9,
      }),
  },
  resize(
    'nearest, dynamic to one element or more, pytorch_half_pixel',
    f32('N', 2, 'H', 'W'),
    { scales: [1, 1, 0.25, 0.5] },
    { mode: 'nearest', coordinate_transformation_mode: 'pytorch_half_pixel' },
    dynamicImage,
  ),
  resize(
    'nearest, long axes, align_corners',
    f32(1, 1, 1, 2000),
    { sizes: [1, 1, 1, 3001] },
    { mode: 'nearest', coordinate_transformation_mode: 'align_corners' },
  ),
  resize('linear, dynamic', f32('N', 2, 'H', 'W'), { scales: [1, 1, 2, 0.5] }, {}, dynamicImage),
  resize('linear, dynamic to fixed', f32('N', 2, 'H', 'W'), { sizes: [6, 11] }, { axes: [2, 3] }, dynamicImage),
  resize(
    'cubic, dynamic to fixed, align_corners',
    f32(1, 2, 'H', 'W'),
    { sizes: [6, 11] },
    {
      mode: 'cubic',
      axes: [2, 3],
      coordinate_transformation_mode: 'align_corners',
    },
    { symbols: dynamicImage.symbols, runs: dynamicImage.runs },
  ),
  {
    name: 'Resize: linear, to the size of another tensor, and an activation after it',
    inputs: [f32(1, 2, 'H', 'W'), f32(1, 2, 'P', 'Q')],
    symbols: { H: { min: 1, max: 9 }, W: { min: 1, max: 9 }, P: { min: 1, max: 30 }, Q: { min: 1, max: 30 } },
    runs: [
      { H: 4, W: 5, P: 9, Q: 13 },
      { H: 9, W: 1, P: 1, Q: 30 },
    ],
    build: (b, x, y) => b.Sigmoid(b.Add(b.op('Resize', [x, null, null, b.Shape(y)], { mode: 'linear' })[0]!, y)),
  },
  {
    name: 'Resize: nearest, to the size of another tensor',
    inputs: [f32(1, 2, 'H', 'W'), f32(1, 2, 'P', 'Q')],
    symbols: { H: { min: 1, max: 9 }, W: { min: 1, max: 9 }, P: { min: 1, max: 30 }, Q: { min: 1, max: 30 } },
    runs: [
      { H: 4, W: 5, P: 9, Q: 13 },
      { H: 9, W: 1, P: 1, Q: 30 },
    ],
    build: (b, x, y) => b.Add(b.op('Resize', [x, null, null, b.Shape(y)], { nearest_mode: 'floor' })[0]!, y),
  },
];

const sample = (mode: string, padding_mode: string, align_corners: number, spatial = 2): Case => ({
  name: `GridSample: ${mode}, ${padding_mode}, ${spatial}-D, ${align_corners ? 'corners aligned' : 'edges'}`,
  inputs: [
    f32(2, 3, ...[5, 6, 4].slice(0, spatial)),
    { dtype: 'float32', dims: [2, ...[4, 7, 3].slice(0, spatial), spatial], low: -1.9, high: 2.3 },
  ],
  build: (b, x, grid) => b.op('GridSample', [x, grid], { mode, padding_mode, align_corners }),
});

export const sampleCases: readonly Case[] = [
  ...['linear', 'nearest', 'cubic'].flatMap((mode) =>
    ['zeros', 'border', 'reflection'].flatMap((padding) => [0, 1].map((align) => sample(mode, padding, align))),
  ),
  sample('linear', 'zeros', 0, 3),
  sample('cubic', 'reflection', 0, 1),
  {
    name: 'GridSample: dynamic, bytes',
    inputs: [
      { dtype: 'uint8', dims: [1, 2, 'H', 'W'], low: 0, high: 255 },
      { dtype: 'float32', dims: [1, 'W', 3, 2], low: -1, high: 1 },
    ],
    symbols: dynamicImage.symbols,
    runs: dynamicImage.runs.slice(0, 2),
    build: (b, x, grid) => b.op('GridSample', [x, grid], { mode: 'nearest' }),
  },
];

const numbers = (dtype: 'float32' | 'int64', start: number, limit: number, delta: number): Case => ({
  name: `Range: ${dtype} from ${start} to ${limit} by ${delta}`,
  inputs: [f32(1)],
  build: (b, x) => [
    b.op(
      'Range',
      [start, limit, delta].map((n) => b.constant(dtype, [], [n])),
    )[0]!,
    b.Neg(x),
  ],
});

export const rangeCases: readonly Case[] = [
  numbers('float32', -1, 2, 0.25),
  numbers('float32', 5, -3, -1.5),
  numbers('float32', 1, 0, 1),
  numbers('int64', 3, 9000, 2),
  {
    name: 'Range: to a dynamic size, and arithmetic with it',
    inputs: [f32('L', 3)],
    symbols: { L: { min: 1, max: 100 } },
    runs: [{ L: 7 }, { L: 100 }, { L: 1 }],
    build(b, x) {
      const size = b.Squeeze(b.Shape(x, { end: 1 }), ints(b, 0));
      const steps = b.op('Range', [b.constant('int64', [], [0]), size, b.constant('int64', [], [1])])[0]!;
      return b.Add(x, b.Unsqueeze(b.Cast(steps, { to: 'float32' }), ints(b, 1)));
    },
  },
];
