// Nodes whose operands steer shapes and are inputs of the model, which only a run tells.

import type { AttributeValue, Tensor } from '@trtx/ir';
import type { OracleNode } from '../support/onnx-oracle.ts';
import { floats } from './programs.ts';

export interface Steered {
  readonly name: string;
  readonly nodes: readonly OracleNode[];
  /** Runs, each with the inputs of one; their shapes are those of the model. */
  readonly runs: readonly Readonly<Record<string, Tensor>>[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly opset?: number;
  /** Whether the host computes nothing but sizes: they have a useful bound. */
  readonly onGpu?: boolean;
}

export const integers = (...values: (number | bigint)[]): Tensor => ({
  dtype: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const scalar = (value: number): Tensor => ({ ...integers(value), dims: [] });
const ramp = (...dims: number[]) => {
  const count = dims.reduce((n, dim) => n * dim, 1);
  return floats(
    dims,
    Array.from({ length: count }, (_, i) => ((i * 7) % 11) - 5),
  );
};
const LARGEST = 2n ** 63n - 1n;

/** The op on x and what steers it, between two others. */
function around(
  op: string,
  steering: readonly string[],
  attributes: Record<string, AttributeValue> = {},
): OracleNode[] {
  return [
    { op: 'Neg', inputs: ['x'], outputs: ['n'] },
    { op, inputs: ['n', ...steering], outputs: ['s'], attributes },
    { op: 'Exp', inputs: ['s'], outputs: ['y'] },
  ];
}

const x = ramp(2, 3, 4);

export const steered: readonly Steered[] = [
  {
    name: 'Reshape',
    nodes: around('Reshape', ['shape']),
    runs: [integers(4, 6), integers(-1, 8), integers(0, 12), integers(0, -1)].map((shape) => ({ x, shape })),
    onGpu: true,
  },
  {
    name: 'Reshape that allows zeros',
    nodes: around('Reshape', ['shape'], { allowzero: 1 }),
    runs: [integers(3, 0), integers(0, 5)].map((shape) => ({ x: ramp(2, 0), shape })),
  },
  {
    name: 'Slice',
    nodes: around('Slice', ['starts', 'ends', 'axes'], {}),
    constants: { axes: integers(1, -1) },
    runs: [
      [integers(0, 1), integers(2, 3)],
      [integers(-2, -3), integers(-1, LARGEST)],
      [integers(5, -9), integers(-8, 9)],
      [integers(2, 3), integers(1, 2)],
    ].map(([starts, ends]) => ({ x, starts: starts!, ends: ends! })),
    onGpu: true,
  },
  {
    name: 'Slice backwards',
    nodes: around('Slice', ['starts', 'ends', 'axes', 'steps']),
    constants: { axes: integers(1, 2), steps: integers(-1, -2) },
    runs: [
      [integers(-1, LARGEST), integers(0, -LARGEST)],
      [integers(1, 3), integers(-9, -5)],
      [integers(0, 2), integers(-1, 2)],
      [integers(-9, 0), integers(-9, 1)],
    ].map(([starts, ends]) => ({ x, starts: starts!, ends: ends! })),
    onGpu: true,
  },
  {
    name: 'Slice by 32 bits, whose ends are computed',
    nodes: [
      { op: 'Add', inputs: ['starts', 'two'], outputs: ['ends'] },
      { op: 'Slice', inputs: ['x', 'starts', 'ends'], outputs: ['y'] },
    ],
    constants: { two: { dtype: 'int32', dims: [1], data: Int32Array.of(2) } },
    runs: [0, 1, -3].map((start) => ({
      x: ramp(5, 2),
      starts: { dtype: 'int32', dims: [1], data: Int32Array.of(start) },
    })),
    onGpu: true,
  },
  {
    name: 'Expand',
    nodes: around('Expand', ['shape']),
    runs: [integers(2, 3, 4), integers(1, 3, 1), integers(5, 3, 2)].map((shape) => ({ x: ramp(3, 1), shape })),
  },
  {
    name: 'Tile',
    nodes: around('Tile', ['repeats']),
    runs: [integers(1, 2, 1), integers(2, 0, 3)].map((repeats) => ({ x, repeats })),
  },
  {
    name: 'Pad',
    nodes: around('Pad', ['pads']),
    runs: [integers(0, 1, 2, 1, 0, 3), integers(1, -1, 0, -1, 2, -2)].map((pads) => ({ x, pads })),
  },
  {
    name: 'Pad at the edge, of some axes',
    nodes: around('Pad', ['pads', '', 'axes'], { mode: 'edge' }),
    constants: { axes: integers(-1) },
    runs: [integers(3, 2), integers(-1, 1)].map((pads) => ({ x, pads })),
    opset: 19,
  },
  {
    name: 'Split',
    nodes: [
      { op: 'Split', inputs: ['x', 'split'], outputs: ['a', 'b'], attributes: { axis: 2 } },
      { op: 'Exp', inputs: ['a'], outputs: ['y'] },
      { op: 'Neg', inputs: ['b'], outputs: ['z'] },
    ],
    runs: [integers(1, 3), integers(4, 0)].map((split) => ({ x, split })),
    onGpu: true,
  },
  {
    name: 'Resize',
    nodes: [
      { op: 'Resize', inputs: ['x', '', '', 'sizes'], outputs: ['s'], attributes: { mode: 'linear' } },
      { op: 'Exp', inputs: ['s'], outputs: ['y'] },
    ],
    runs: [integers(1, 1, 6, 8), integers(1, 1, 2, 3)].map((sizes) => ({ x: ramp(1, 1, 3, 4), sizes })),
  },
  {
    name: 'TopK',
    nodes: [
      { op: 'TopK', inputs: ['x', 'k'], outputs: ['v', 'i'] },
      { op: 'Exp', inputs: ['v'], outputs: ['y'] },
    ],
    runs: [1, 3].map((k) => ({ x, k: integers(k) })),
    onGpu: true,
  },
  {
    name: 'OneHot',
    nodes: [{ op: 'OneHot', inputs: ['i', 'depth', 'values'], outputs: ['y'] }],
    constants: { values: floats([2], [-1, 2]) },
    runs: [3, 5].map((depth) => ({ i: integers(0, 2, -1), depth: scalar(depth) })),
  },
  {
    name: 'ConstantOfShape and Range',
    nodes: [
      { op: 'ConstantOfShape', inputs: ['shape'], outputs: ['zeros'] },
      { op: 'Range', inputs: ['from', 'to', 'by'], outputs: ['r'] },
      { op: 'Cast', inputs: ['r'], outputs: ['f'], attributes: { to: 'float32' } },
      { op: 'Add', inputs: ['zeros', 'f'], outputs: ['y'] },
    ],
    constants: { from: scalar(1), by: scalar(2) },
    runs: [
      [integers(2, 3), scalar(7)],
      [integers(0, 1), scalar(2)],
    ].map(([shape, to]) => ({ shape: shape!, to: to! })),
  },
  {
    name: 'CenterCropPad',
    nodes: around('CenterCropPad', ['shape'], { axes: [1, 2] }),
    runs: [integers(5, 2), integers(1, 4)].map((shape) => ({ x, shape })),
  },
];
