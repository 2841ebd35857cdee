// Each op that an older opset lacks or has in another form, exported, and read by ONNX Runtime and by the importer.

import type { GraphBuilder, Tensor, Value } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { type ExportedOptions, expectExported, floats, graphOf, integers } from '../../testing/exported.ts';
import { exportModel, exportParts } from '../export.ts';
import { NOT_IN_ONNX_RUNTIME } from '../versions.ts';
import { SPELLINGS } from './index.ts';

interface Case extends ExportedOptions {
  readonly name: string;
  readonly make: (b: GraphBuilder) => Value | readonly Value[];
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** The ops of the file of the oldest opset. */
  readonly ops: string;
}

const x = floats([2, 3, 4]);
const X = (b: GraphBuilder) => b.input('x', 'float32', ['N', 3, 4]);
const ints = (b: GraphBuilder, ...values: number[]) => b.constant('int64', [values.length], values);

const CASES: readonly Case[] = [
  { name: 'Gelu', make: (b) => b.Gelu(X(b)), inputs: { x }, ops: 'Div Erf Add Mul Mul', absolute: 1e-5 },
  {
    name: 'Gelu, tanh',
    make: (b) => b.Gelu(X(b), { approximate: 'tanh' }),
    inputs: { x },
    ops: 'Pow Mul Add Mul Tanh Add Mul Mul',
    absolute: 1e-5,
  },
  { name: 'Swish', make: (b) => b.Swish(X(b)), inputs: { x }, ops: 'Sigmoid Mul' },
  { name: 'Swish, alpha', make: (b) => b.Swish(X(b), { alpha: 1.7 }), inputs: { x }, ops: 'Mul Sigmoid Mul' },
  {
    name: 'SwiGLU',
    make: (b) => b.SwiGLU(X(b), b.input('z', 'float32', ['N', 3, 4]), { alpha: 0.5 }),
    inputs: { x, z: floats([2, 3, 4], 2) },
    ops: 'Mul Sigmoid Mul Mul',
  },
  { name: 'Mish', make: (b) => b.Mish(X(b)), inputs: { x }, ops: 'Softplus Tanh Mul' },
  {
    name: 'Celu of float64',
    make: (b) => b.Celu(b.input('x', 'float64', [4]), { alpha: 2 }),
    inputs: { x: { dtype: 'float64', dims: [4], data: Float64Array.of(-3, -0.5, 0, 2) } },
    ops: 'Div Elu Mul',
    // ONNX Runtime has Elu of float32 only.
    asked: 'never',
  },
  {
    name: 'RMSNormalization',
    make: (b) => b.RMSNormalization(X(b), b.constant('float32', [4], [1, 2, 3, 4])),
    inputs: { x },
    ops: 'Pow ReduceMean Add Sqrt Div Mul',
  },
  {
    name: 'RMSNormalization over several axes, without a scale',
    make: (b) => b.RMSNormalization(X(b), b.constant('float32', [1], [1]), { axis: 1, epsilon: 0.1 }),
    inputs: { x },
    ops: 'Pow ReduceMean Add Sqrt Div',
  },
  {
    name: 'GroupNormalization',
    make: (b) =>
      b.GroupNormalization(
        b.input('x', 'float32', ['N', 4, 'H', 5]),
        b.constant('float32', [4], [1, 2, 3, 4]),
        b.input('bias', 'float32', [4]),
        { num_groups: 2 },
      ),
    inputs: { x: floats([2, 4, 3, 5]), bias: floats([4]) },
    ops: 'Reshape InstanceNormalization Reshape Unsqueeze Mul Add',
  },
  {
    name: 'GroupNormalization of two dynamic sizes',
    make: (b) =>
      b.GroupNormalization(
        b.input('x', 'float32', ['N', 4, 'H', 'W']),
        b.constant('float32', [4], [1, 2, 3, 4]),
        b.constant('float32', [4], [4, 3, 2, 1]),
        { num_groups: 2, epsilon: 1e-3 },
      ),
    inputs: { x: floats([2, 4, 3, 5]) },
    ops: 'Reshape InstanceNormalization Shape Reshape Mul Add',
  },
  {
    name: 'GroupNormalization of one channel each',
    make: (b) =>
      b.GroupNormalization(
        b.input('x', 'float32', ['N', 2, 'H']),
        b.constant('float32', [2], [1, 2]),
        b.constant('float32', [2], [4, 3]),
        { num_groups: 2 },
      ),
    inputs: { x: floats([2, 2, 5]) },
    ops: 'InstanceNormalization',
  },
  ...[
    'ReduceL1',
    'ReduceL2',
    'ReduceLogSum',
    'ReduceLogSumExp',
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
    'ReduceProd',
    'ReduceSumSquare',
  ].map(
    (op): Case => ({
      name: op,
      make: (b) => b.op(op, [X(b), ints(b, 0, -1)], { keepdims: 0, noop_with_empty_axes: 0 }),
      inputs: { x },
      ops: op,
    }),
  ),
  {
    name: 'ReduceSum, which always had its axes as an input',
    make: (b) => b.ReduceSum(X(b), ints(b, 1)),
    inputs: { x },
    ops: 'ReduceSum',
  },
  { name: 'a reduction over all axes', make: (b) => b.ReduceMax(X(b)), inputs: { x }, ops: 'ReduceMax' },
  {
    name: 'a reduction over none',
    make: (b) => b.ReduceL1(X(b), { noop_with_empty_axes: 1 }),
    inputs: { x },
    ops: 'Unsqueeze ReduceL1',
  },
  {
    name: 'ReduceMax of bools',
    make: (b) => b.ReduceMax(b.input('x', 'bool', [2, 2]), ints(b, 1)),
    inputs: { x: { dtype: 'bool', dims: [2, 2], data: Uint8Array.of(0, 1, 0, 0) } },
    ops: 'Cast ReduceMax Cast',
  },
  ...[{}, { exclusive: 1 }, { reverse: 1 }, { exclusive: 1, reverse: 1 }].map(
    (attributes): Case => ({
      name: `CumProd ${Object.keys(attributes).join(' ')}`,
      make: (b) => b.CumProd(X(b), b.constant('int64', [], [-2]), attributes),
      inputs: { x },
      ops: 'Unsqueeze Where ReduceProd',
    }),
  ),
  {
    name: 'Split into equal parts',
    make: (b) => b.Split(X(b), { axis: 2, num_outputs: 2 }, { outputs: 2 }),
    inputs: { x },
    ops: 'Split',
  },
  {
    name: 'Split with a smaller last part',
    make: (b) => b.Split(X(b), { axis: 1, num_outputs: 2 }, { outputs: 2 }),
    inputs: { x },
    ops: 'Split',
  },
  {
    name: 'Pad of some axes',
    make: (b) => b.Pad(X(b), ints(b, 1, 2, 0, 3), b.constant('float32', [], [7]), ints(b, -1, 0)),
    inputs: { x },
    ops: 'Pad',
  },
  {
    name: 'CenterCropPad',
    make: (b) => b.CenterCropPad(b.input('x', 'float32', [2, 3, 4]), ints(b, 6, 1), { axes: [1, 2] }),
    inputs: { x },
    ops: 'Slice Pad',
  },
  {
    name: 'CenterCropPad that changes nothing',
    make: (b) => b.CenterCropPad(b.input('x', 'float32', [2, 3, 4]), ints(b, 2, 3, 4)),
    inputs: { x },
    ops: '',
  },
  {
    name: 'Col2Im',
    make: (b) =>
      b.Col2Im(b.input('x', 'float32', ['N', 8, 10]), ints(b, 5, 6), ints(b, 2, 2), {
        strides: [2, 1],
        dilations: [2, 2],
        pads: [0, 1, 0, 0],
      }),
    inputs: { x: floats([1, 8, 10]) },
    ops: 'Reshape ConvTranspose',
  },
  ...(['linear', 'circular'] as const).map(
    (mode): Case => ({
      name: `TensorScatter, ${mode}`,
      make: (b) =>
        b.TensorScatter(X(b), b.input('update', 'float32', ['N', 2, 4]), b.input('at', 'int64', ['N']), { mode }),
      inputs: { x, update: floats([2, 2, 4], 5), at: integers(mode === 'linear' ? [1, 0] : [2, 1]) },
      ops: `Unsqueeze Add ${mode === 'linear' ? '' : 'Mod '}Shape Expand ScatterElements`,
    }),
  ),
  {
    name: 'Resize of some axes by scales',
    make: (b) =>
      b.Resize(b.input('x', 'float32', ['N', 2, 3, 3]), null, b.constant('float32', [2], [2, 1.5]), {
        axes: [3, 2],
        mode: 'linear',
        antialias: 0,
        keep_aspect_ratio_policy: 'stretch',
      }),
    inputs: { x: floats([1, 2, 3, 3]) },
    ops: 'Resize',
  },
  {
    name: 'Resize of some axes to sizes',
    make: (b) => b.Resize(b.input('x', 'float32', ['N', 2, 3, 3]), null, null, ints(b, 5, 7), { axes: [2, 3] }),
    inputs: { x: floats([1, 2, 3, 3]) },
    ops: 'Shape Concat Resize',
  },
  {
    name: 'GridSample',
    make: (b) => b.GridSample(b.input('x', 'float32', ['N', 2, 3, 3]), b.input('grid', 'float32', ['N', 2, 2, 2])),
    inputs: { x: floats([1, 2, 3, 3]), grid: floats([1, 2, 2, 2]) },
    ops: 'GridSample',
  },
  ...[0, 1].map(
    (align_corners): Case => ({
      name: `AffineGrid, align_corners ${align_corners}`,
      make: (b) => b.AffineGrid(b.input('theta', 'float32', [2, 2, 3]), ints(b, 2, 1, 3, 4), { align_corners }),
      inputs: { theta: floats([2, 2, 3]) },
      ops: 'Transpose MatMul Reshape',
    }),
  ),
  {
    name: 'AffineGrid in space',
    make: (b) => b.AffineGrid(b.input('theta', 'float32', [1, 3, 4]), ints(b, 1, 1, 2, 3, 4)),
    inputs: { theta: floats([1, 3, 4]) },
    ops: 'Transpose MatMul Reshape',
  },
  {
    name: 'DFT',
    make: (b) => b.DFT(b.input('x', 'float32', [1, 5, 4, 1]), null, b.constant('int64', [], [-2])),
    inputs: { x: floats([1, 5, 4, 1]) },
    ops: 'DFT',
    // ONNX Runtime takes the axis wrongly in all opsets.
    asked: 'never',
  },
  ...(['int32', 'uint8', 'int64'] as const).map(
    (dtype): Case => ({
      name: `BitwiseNot of ${dtype}`,
      make: (b) => b.BitwiseNot(b.input('x', dtype, [3])),
      inputs: {
        x:
          dtype === 'int64'
            ? integers([0, -1, 77])
            : { dtype, dims: [3], data: dtype === 'int32' ? Int32Array.of(0, -1, 77) : Uint8Array.of(0, 255, 77) },
      },
      ops: 'Sub',
      // ONNX Runtime has no Sub of uint8.
      asked: dtype === 'uint8' ? 'never' : 17,
    }),
  ),
  {
    name: 'QuantizeLinear and DequantizeLinear with types told by attributes',
    make: (b) => {
      const scale = b.constant('float32', [], [0.1]);
      const q = b.QuantizeLinear(X(b), scale, {
        output_dtype: 'int8',
        saturate: 1,
        block_size: 0,
        precision: 'float32',
      });
      return b.DequantizeLinear(q, scale, { output_dtype: 'float32', block_size: 0 });
    },
    inputs: { x },
    ops: 'QuantizeLinear DequantizeLinear',
  },
  {
    name: 'QuantizeLinear of float16',
    make: (b) => {
      const wide = X(b);
      const half = b.Cast(wide, { to: 'float16' });
      const scale = b.Cast(b.constant('float32', [], [0.25]), { to: 'float16' });
      const q = b.QuantizeLinear(half, scale, b.constant('uint8', [], [3]));
      return b.Cast(b.DequantizeLinear(q, scale, b.constant('uint8', [], [3])), { to: 'float32' });
    },
    inputs: { x },
    ops: 'Cast Cast Cast Cast QuantizeLinear DequantizeLinear Cast Cast',
  },
  {
    name: 'AveragePool and LpPool with attributes that change nothing',
    make: (b) => {
      const image = b.input('x', 'float32', ['N', 2, 4, 4]);
      const window = { kernel_shape: [2, 2], dilations: [1, 1], ceil_mode: 0 };
      return [b.AveragePool(image, window), b.LpPool(image, window)];
    },
    inputs: { x: floats([1, 2, 4, 4]) },
    ops: 'AveragePool LpPool',
  },
  {
    name: 'Cast and CastLike with attributes that change nothing',
    make: (b) => {
      const half = b.Cast(X(b), { to: 'float16', saturate: 1, round_mode: 'up' });
      return b.CastLike(half, b.constant('float32', [], [0]), { saturate: 1 });
    },
    inputs: { x },
    ops: 'Cast CastLike',
  },
  {
    name: 'Range of float16',
    make: (b) => {
      const number = (value: number) => b.Cast(b.constant('float32', [], [value]), { to: 'float16' });
      return b.Cast(b.Range(number(1), number(4), number(0.5)), { to: 'float32' });
    },
    inputs: {},
    ops: 'Cast Cast Cast Cast Cast Cast Range Cast Cast',
  },
  {
    name: 'Sin of bfloat16',
    make: (b) => b.Cast(b.Sin(b.Cast(X(b), { to: 'bfloat16' })), { to: 'float32' }),
    inputs: { x },
    ops: 'Cast Cast Sin Cast Cast',
    absolute: 1e-2,
  },
];

describe('a graph in an older opset', () => {
  it.each(CASES)('$name', async ({ make, inputs, ops, ...options }) => {
    expect((await expectExported(graphOf(make), inputs, options)).join(' ')).toBe(ops);
  });
});

it('has a case for each op', () => {
  const tried = new Set(['Attention', 'RotaryEmbedding']);
  for (const { make } of CASES) for (const { op } of graphOf(make).nodes) tried.add(op.name);
  expect(SPELLINGS.flatMap(({ ops }) => ops).filter((op) => !tried.has(op))).toEqual([]);
});

it('spells out what is to be avoided', () => {
  const graph = graphOf((b) => b.Swish(X(b)));
  const opsOf = (avoid?: readonly string[]) =>
    exportParts(graph, { opset: 26, avoid })
      .written.topological()
      .map(({ op }) => op.name);
  expect(opsOf()).toEqual(['Swish']);
  expect(opsOf(NOT_IN_ONNX_RUNTIME)).toEqual(['Sigmoid', 'Mul']);
});

describe('what an opset cannot say', () => {
  const refused: readonly [string, number, string, (b: GraphBuilder) => Value | readonly Value[]][] = [
    ['BitwiseAnd', 18, 'BitwiseAnd', (b) => b.BitwiseAnd(b.input('x', 'int32', [2]), b.constant('int32', [], [3]))],
    ['BitCast', 26, 'BitCast', (b) => b.BitCast(b.input('x', 'float32', [2]), { to: 'int32' })],
    ['wrap', 19, 'mode wrap of Pad', (b) => b.Pad(X(b), ints(b, 0, 0, 1, 0, 0, 1), { mode: 'wrap' })],
    [
      'dilations',
      19,
      'dilations of AveragePool',
      (b) => b.AveragePool(b.input('x', 'float32', [1, 1, 5, 5]), { kernel_shape: [2, 2], dilations: [2, 2] }),
    ],
    [
      'a reduction of scatters',
      18,
      'reduction max of ScatterND',
      (b) =>
        b.ScatterND(X(b), b.constant('int64', [1, 1], [0]), b.input('u', 'float32', [1, 3, 4]), { reduction: 'max' }),
    ],
    ['float8', 19, 'float8e4m3fn', (b) => b.Cast(b.Cast(X(b), { to: 'float8e4m3fn' }), { to: 'float32' })],
  ];

  it.each(refused)('%s', (_, opset, what, make) => {
    const graph = graphOf(make);
    expect(() => exportModel(graph, { opset: opset - 1 })).toThrow(
      `ONNX_EXPORT: opset ${opset - 1} has no ${what} (node`,
    );
    expect(() => exportModel(graph, { opset: opset - 1 })).toThrow(`hint: Choose opset ${opset} or newer.`);
    expect(() => exportModel(graph, { opset })).not.toThrow();
  });

  it('sizes that only the run tells', () => {
    const graph = graphOf((b) => b.CenterCropPad(X(b), ints(b, 6, 1, 2)));
    expect(() => exportModel(graph, { opset: 17 })).toThrow(/ONNX_EXPORT: sizes .* \(node CenterCropPad/);
  });
});
