// Reductions over axes. What is special about each is its reducer, which is data: one kernel serves them all.

import { asNumbers, ifSensible } from '../contents.ts';
import { add, type Dim, maxDim, minDim, mul, product } from '../dim.ts';
import { bitWidth, type DType, isFloat, isInteger, isUnsigned } from '../dtype.ts';
import { placesOf } from '../interval.ts';
import { defineOp, type Inferred, type NodeView, type OpDef, type OperandSpec, type Reducer } from '../op.ts';
import * as s from '../scalar.ts';
import { normalizeAxis } from './axis.ts';
import { FLOATS, INDICES, NUMBERS } from './types.ts';

/** The geometry of a reduction over axes of input 0, as kernels read it. */
export interface ReduceGeometry {
  /** The reduced axes, ascending. None: every element is an output element. */
  readonly axes: readonly number[];
  /** Elements that become one. */
  readonly count: Dim;
  /** The output's shape. */
  readonly output: readonly Dim[];
  /** The input as [outer, count, inner] with the middle axis reduced, where the reduced axes are neighbours. */
  readonly block: { readonly outer: Dim; readonly inner: Dim } | undefined;
}

/** Geometry of a Reduce op: axes are input 1, or all. */
export function reduceGeometry(at: NodeView): ReduceGeometry {
  return geometry(at, reduceAxes(at), at.int('keepdims') === 1);
}

/** Geometry of ArgMax and ArgMin: one axis, an attribute. */
export function argGeometry(at: NodeView): ReduceGeometry {
  return geometry(at, argAxes(at), at.int('keepdims') === 1);
}

function geometry(at: NodeView, axes: readonly number[], keep: boolean): ReduceGeometry {
  const { shape } = at.input(0);
  const first = axes[0] ?? shape.length;
  const last = axes.at(-1) ?? shape.length;
  const neighbours = axes.length === 0 || last - first === axes.length - 1;
  return {
    axes,
    count: product(axes.map((axis) => shape[axis]!)),
    output: shape.flatMap((dim, axis) => (!axes.includes(axis) ? [dim] : keep ? [1] : [])),
    block: neighbours ? { outer: product(shape.slice(0, first)), inner: product(shape.slice(last + 1)) } : undefined,
  };
}

function reduceAxes(at: NodeView): number[] {
  const rank = at.input(0).shape.length;
  const given = at.inputs[1] ? at.need(1).values : [];
  if (given.length === 0) return at.int('noop_with_empty_axes') ? [] : Array.from({ length: rank }, (_, axis) => axis);
  const axes = given.map((axis) => normalizeAxis(at, axis, rank));
  return [...new Set(axes)].sort((a, b) => a - b);
}

function argAxes(at: NodeView): number[] {
  return [normalizeAxis(at, at.int('axis'), at.input(0).shape.length)];
}

/** The type that elements are combined in: sums and products of integers below 32 bits wrap around only in the end. */
export function combinedType(dtype: DType, { combine }: Reducer): DType {
  const grows = combine === 'add' || combine === 'mul';
  if (!grows || !isInteger(dtype) || bitWidth(dtype) >= 32) return dtype;
  return isUnsigned(dtype) ? 'uint32' : 'int32';
}

const KEEP = { type: 'int', default: 1, min: 0, max: 1, doc: 'reduced axes stay, as 1' } as const;

interface Reduction {
  name: string;
  since?: number;
  summary: string;
  reducer?: Reducer;
  types?: OperandSpec['types'];
  delicate?: boolean;
}

function defineReduction({ name, since = 18, summary, reducer, types = NUMBERS, delicate }: Reduction): OpDef {
  return defineOp({
    domain: '',
    name,
    since,
    summary,
    inputs: [
      { name: 'data', types },
      { name: 'axes', types: INDICES, optional: true, steersShape: true },
    ],
    outputs: [{ name: 'reduced' }],
    attributes: {
      keepdims: KEEP,
      noop_with_empty_axes: { type: 'int', default: 0, min: 0, max: 1, doc: 'no axes stand for none, not for all' },
    },
    trait: { kind: 'reduction', axes: reduceAxes, reducer, delicate },
    infer: (at) => {
      const g = reduceGeometry(at);
      return [{ dtype: at.input(0).dtype, shape: g.output, ...reducedContents(at, g, reducer) }];
    },
  });
}

const IN_DIMS = { add, mul, min: minDim, max: maxDim } as const;
const IN_REALS: Partial<Record<string, (a: number, b: number) => number>> = { min: Math.min, max: Math.max };

/** Contents of a plain sum, product, minimum or maximum over all axes of known elements; of floats, only the latter two. */
function reducedContents(
  at: NodeView,
  g: ReduceGeometry,
  reducer: Reducer | undefined,
): Pick<Inferred, 'contents' | 'reals'> {
  const all = g.axes.length === at.input(0).shape.length;
  if (!all || !reducer || reducer.each || reducer.finish) return {};
  const dims = g.output.map(() => 1);
  const known = at.contents(0);
  if (known && known.values.length > 0) {
    const value = ifSensible(() => known.values.reduce(IN_DIMS[reducer.combine]));
    return value === undefined ? {} : { contents: { dims, values: [value] } };
  }
  const reals = asNumbers(at.reals(0));
  const combine = IN_REALS[reducer.combine];
  return reals && reals.length > 0 && combine
    ? { reals: { dims, values: [reals.reduce((a, b) => combine(a, b))] } }
    : {};
}

function defineArg(name: 'ArgMax' | 'ArgMin', summary: string): OpDef {
  return defineOp({
    domain: '',
    name,
    since: 13,
    summary,
    inputs: [{ name: 'data', types: NUMBERS }],
    outputs: [{ name: 'reduced' }],
    attributes: {
      axis: { type: 'int', default: 0 },
      keepdims: KEEP,
      select_last_index: { type: 'int', default: 0, min: 0, max: 1, doc: 'among equals the last, not the first' },
    },
    trait: { kind: 'reduction', axes: argAxes },
    range: (at) => [placesOf(argGeometry(at).count)],
    infer: (at) => [{ dtype: 'int64', shape: argGeometry(at).output }],
  });
}

const square = (x: s.Scalar) => s.binary('mul', x, x);
const absolute = (x: s.Scalar) => s.unary('abs', x);
const asFloat = (x: s.Scalar) => (isFloat(x.dtype) ? x : s.cast(x, 'float32'));

/** ⌊√x⌋ of an integer: a step of Newton's method, and one up or down, make up for what floats are short of. */
function root(x: s.Scalar): s.Scalar {
  const { binary, compare, select } = s;
  const one = s.constant(1, x.dtype);
  const first = s.cast(s.unary('sqrt', asFloat(x)), x.dtype);
  const better = binary('div', binary('add', first, binary('div', x, first)), s.constant(2, x.dtype));
  const next = binary('add', better, one);
  // next² ≤ x and better² > x, without a product that may overflow.
  const lower = select(compare('gt', better, binary('div', x, better)), binary('sub', better, one), better);
  return select(compare('le', next, binary('div', x, next)), next, lower);
}

const ORDERED = [...NUMBERS, 'bool'] as const;

export const reduceOps: readonly OpDef[] = [
  defineReduction({ name: 'ReduceSum', since: 13, summary: 'sum', reducer: { combine: 'add' } }),
  defineReduction({ name: 'ReduceProd', summary: 'product', reducer: { combine: 'mul' }, delicate: true }),
  defineReduction({
    name: 'ReduceMin',
    since: 20,
    summary: 'smallest element; of bools, whether all are true',
    reducer: { combine: 'min' },
    types: ORDERED,
  }),
  defineReduction({
    name: 'ReduceMax',
    since: 20,
    summary: 'largest element; of bools, whether any is true',
    reducer: { combine: 'max' },
    types: ORDERED,
  }),
  defineReduction({
    name: 'ReduceMean',
    summary: 'mean',
    reducer: { combine: 'add', finish: (sum, count) => s.binary('div', sum, count) },
    delicate: true,
  }),
  defineReduction({ name: 'ReduceL1', summary: 'sum of |x|', reducer: { combine: 'add', each: absolute } }),
  defineReduction({
    name: 'ReduceL2',
    summary: 'root of the sum of squares',
    reducer: { combine: 'add', each: square, finish: (sum) => (isFloat(sum.dtype) ? s.unary('sqrt', sum) : root(sum)) },
    delicate: true,
  }),
  defineReduction({
    name: 'ReduceSumSquare',
    summary: 'sum of squares',
    reducer: { combine: 'add', each: square },
    delicate: true,
  }),
  defineReduction({
    name: 'ReduceLogSum',
    summary: 'logarithm of the sum',
    types: [...FLOATS, 'int64', 'int32', 'uint64', 'uint32'],
    reducer: { combine: 'add', finish: (sum) => s.cast(s.unary('log', asFloat(sum)), sum.dtype) },
    delicate: true,
  }),
  defineReduction({
    name: 'ReduceLogSumExp',
    summary: 'logarithm of the sum of eˣ, safe from overflow: max + log Σ exp(x − max)',
    types: FLOATS,
    delicate: true,
  }),
  defineArg('ArgMax', 'place of the largest element along an axis'),
  defineArg('ArgMin', 'place of the smallest element along an axis'),
];
