// Pooling: a reduction over a sliding window, or over all positions.

import { type Dim, product } from '../dim.ts';
import { placesOf } from '../interval.ts';
import { defineOp, type Inferred, type NodeView, type OpDef, type OperandSpec, type Reducer } from '../op.ts';
import * as s from '../scalar.ts';
import { FLOATS } from './types.ts';
import { WINDOW_ATTRIBUTES, type WindowAxis, windowAxes } from './window.ts';

/** The geometry of a MaxPool or AveragePool, as kernels read it. */
export interface PoolGeometry {
  readonly batch: Dim;
  readonly channels: Dim;
  readonly axes: readonly WindowAxis[];
  /**
   * What AveragePool divides by: the number of elements of the input under the window, or also the padding that `pads`
   * declares (never what only `ceil_mode` lets the window reach).
   */
  readonly countsPadding: boolean;
}

/** Geometry of a pooling over X [batch, channels, ...spatial]. */
export function poolGeometry(at: NodeView): PoolGeometry {
  const shape = spatial(at);
  const kernel = at.ints('kernel_shape')!;
  return {
    batch: shape[0]!,
    channels: shape[1]!,
    axes: windowAxes(at, kernel, at.int('ceil_mode') === 1),
    countsPadding: at.has('count_include_pad') && at.int('count_include_pad') === 1,
  };
}

/** Every element of every window. */
function poolFlops(at: NodeView): Dim {
  const geometry = poolGeometry(at);
  return product([...pooled(geometry), ...geometry.axes.map(({ kernel }) => kernel)]);
}

const POOL_ATTRIBUTES = {
  ...WINDOW_ATTRIBUTES,
  kernel_shape: { ...WINDOW_ATTRIBUTES.kernel_shape!, required: true },
  ceil_mode: { type: 'int', default: 0, min: 0, max: 1, doc: 'output sizes are rounded up' },
} as const;

const P = { type: 'int', default: 2, min: 1, max: 2 ** 16 } as const;

const X: readonly OperandSpec[] = [{ name: 'X', types: FLOATS }];

const average: Reducer = { combine: 'add', finish: (sum, count) => s.binary('div', sum, count) };

export const poolOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'MaxPool',
    since: 22,
    summary: 'the largest element under a sliding window',
    inputs: [{ name: 'X', types: [...FLOATS, 'int8', 'uint8'] }],
    outputs: [{ name: 'Y' }, { name: 'Indices', optional: true }],
    attributes: {
      ...POOL_ATTRIBUTES,
      storage_order: { type: 'int', default: 0, min: 0, max: 1, doc: 'Indices are row-major (0) or column-major (1)' },
    },
    trait: { kind: 'opaque', selects: true },
    flops: poolFlops,
    range: (at) => [undefined, placesOf(product(at.input(0).shape))],
    infer(at) {
      const shape = pooled(poolGeometry(at));
      const outputs: Inferred[] = [
        { dtype: at.input(0).dtype, shape },
        { dtype: 'int64', shape },
      ];
      return outputs.slice(0, at.outputCount);
    },
  }),
  defineOp({
    domain: '',
    name: 'AveragePool',
    since: 22,
    summary: 'the mean under a sliding window',
    inputs: X,
    outputs: [{ name: 'Y' }],
    attributes: {
      ...POOL_ATTRIBUTES,
      count_include_pad: { type: 'int', default: 0, min: 0, max: 1, doc: 'padding counts as elements of 0' },
    },
    trait: { kind: 'opaque' },
    flops: poolFlops,
    infer: (at) => [{ dtype: at.input(0).dtype, shape: pooled(poolGeometry(at)) }],
  }),
  defineOp({
    domain: '',
    name: 'LpPool',
    since: 22,
    summary: 'the p-norm (Σ|x|ᵖ)^(1/p) under a sliding window; padding counts as 0',
    inputs: X,
    outputs: [{ name: 'Y' }],
    attributes: { ...POOL_ATTRIBUTES, p: P },
    trait: { kind: 'opaque', delicate: true },
    flops: poolFlops,
    infer: (at) => [{ dtype: at.input(0).dtype, shape: pooled(poolGeometry(at)) }],
  }),
  globalPool({ name: 'GlobalAveragePool', summary: 'the mean over all spatial positions', reducer: () => average }),
  globalPool({
    name: 'GlobalMaxPool',
    summary: 'the largest element over all spatial positions',
    reducer: () => ({ combine: 'max' }),
  }),
  globalPool({
    name: 'GlobalLpPool',
    summary: 'the p-norm (Σ|x|ᵖ)^(1/p) over all spatial positions',
    attributes: { p: P },
    reducer: (at) => norm(at.int('p')),
    delicate: true,
  }),
];

interface GlobalPool {
  name: string;
  summary: string;
  attributes?: OpDef['attributes'];
  reducer(at: NodeView): Reducer;
  delicate?: boolean;
}

function globalPool({ name, summary, attributes = {}, reducer, delicate }: GlobalPool): OpDef {
  const axes = (at: NodeView) =>
    spatial(at)
      .map((_, axis) => axis)
      .slice(2);
  return defineOp({
    domain: '',
    name,
    since: 22,
    summary,
    inputs: X,
    outputs: [{ name: 'Y' }],
    attributes,
    trait: { kind: 'reduction', axes, delicate },
    traitAt: (at) => ({ kind: 'reduction', axes, reducer: reducer(at), delicate }),
    infer: (at) => [{ dtype: at.input(0).dtype, shape: spatial(at).map((dim, axis) => (axis < 2 ? dim : 1)) }],
  });
}

/** The p-norm as a reduction. Powers that have an operation of their own use it. */
function norm(p: number): Reducer {
  if (p === 1) return { combine: 'add', each: (x) => s.unary('abs', x) };
  if (p === 2) return { combine: 'add', each: (x) => s.binary('mul', x, x), finish: (sum) => s.unary('sqrt', sum) };
  const power = (x: s.Scalar, exponent: number) => s.binary('pow', x, s.constant(exponent, x.dtype));
  return { combine: 'add', each: (x) => power(s.unary('abs', x), p), finish: (sum) => power(sum, 1 / p) };
}

function pooled(g: PoolGeometry): Dim[] {
  return [g.batch, g.channels, ...g.axes.map((axis) => axis.output)];
}

function spatial(at: NodeView): readonly Dim[] {
  const { shape } = at.input(0);
  if (shape.length < 3)
    throw at.fail(
      `an input of rank ${shape.length} where batch, channels and at least one spatial axis belong`,
      'Unsqueeze it first.',
    );
  return shape;
}
