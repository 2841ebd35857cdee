// Ops that write at places that an input tells.

import { bounds, type Dim, neverEqual, product } from '../dim.ts';
import { coord, type Index, type IndexMap, indexOf, indexOp } from '../index-map.ts';
import { type Interval, join, powersOf, productOf, sumOf } from '../interval.ts';
import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { INDICES } from './types.ts';

export const SCATTER_REDUCTIONS = ['none', 'add', 'mul', 'max', 'min'] as const;
export type ScatterReduction = (typeof SCATTER_REDUCTIONS)[number];

const OPERANDS: readonly OperandSpec[] = [
  { name: 'data', sameAs: 'T' },
  { name: 'indices', types: INDICES },
  { name: 'updates', sameAs: 'T' },
];

const REDUCTION = {
  type: 'string',
  default: 'none',
  oneOf: SCATTER_REDUCTIONS,
  doc: 'what an update does to the element that is there: take its place, or be combined with it',
} as const;

/** The axis of a ScatterElements. */
export function scatterAxis(at: NodeView): number {
  return normalizeAxis(at, at.int('axis'), at.input(0).shape.length);
}

/** How many leading axes of the data an index of a ScatterND spells out. */
export function scatterDepth(at: NodeView): number {
  const rank = at.input(0).shape.length;
  const depth = at.input(1).shape.at(-1);
  if (typeof depth !== 'number' || depth > rank)
    throw at.fail(`indices of [${at.input(1).shape}] for data of rank ${rank}`);
  return depth;
}

export const scatterOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'ScatterElements',
    since: 18,
    summary: 'data with elements replaced, or combined with updates, at positions along an axis',
    inputs: OPERANDS,
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', default: 0 }, reduction: REDUCTION },
    trait: { kind: 'opaque' },
    range: scatterRange,
    infer(at) {
      const { dtype, shape } = at.input(0);
      scatterAxis(at);
      sameDims(at, at.input(2).shape, at.input(1).shape);
      if (at.input(1).shape.length !== shape.length)
        throw at.fail(`indices of rank ${at.input(1).shape.length} for data of rank ${shape.length}`);
      return [{ dtype, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'ScatterND',
    since: 18,
    summary:
      'data with slices replaced, or combined with updates, at positions that the last axis of the indices spells out',
    inputs: OPERANDS,
    outputs: [{ name: 'output' }],
    attributes: { reduction: REDUCTION },
    trait: { kind: 'opaque' },
    range: scatterRange,
    infer(at) {
      const { dtype, shape } = at.input(0);
      sameDims(at, at.input(2).shape, [...at.input(1).shape.slice(0, -1), ...shape.slice(scatterDepth(at))]);
      return [{ dtype, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'TensorScatter',
    since: 24,
    summary: 'a cache with an update written into its sequence axis, from a position for each batch on',
    inputs: [
      { name: 'past_cache', sameAs: 'T' },
      { name: 'update', sameAs: 'T' },
      { name: 'write_indices', types: INDICES, optional: true },
    ],
    outputs: [{ name: 'present_cache' }],
    attributes: {
      axis: { type: 'int', default: -2, doc: 'the sequence axis; not 0, which is the batch' },
      mode: {
        type: 'string',
        default: 'linear',
        oneOf: ['linear', 'circular'],
        doc: 'whether what passes the end goes on at the beginning',
      },
    },
    trait: { kind: 'injective', map: cacheMap },
    infer(at) {
      const { dtype, shape } = at.input(0);
      const update = at.input(1).shape;
      const axis = cacheAxis(at);
      if (update.length !== shape.length)
        throw at.fail(`an update of rank ${update.length} for one of ${shape.length}`);
      shape.forEach((dim, i) => {
        if (i !== axis) at.equal(dim, update[i]!);
      });
      const [whole, part] = [shape[axis]!, update[axis]!];
      if (typeof whole === 'number' && typeof part === 'number' && part > whole)
        throw at.fail(`an update of ${part} places for a cache of ${whole}`);
      if (at.inputs[2]) sameDims(at, at.inputs[2].shape, shape.slice(0, 1));
      return [{ dtype, shape }];
    },
  }),
];

/** Each update may be added to the same element. */
function scatterRange(at: NodeView, of: (input: number) => Interval): Interval[] {
  const [data, updates] = [of(0), of(2)];
  const reduction = at.string('reduction');
  const { max } = bounds(product(at.input(2).shape));
  if (reduction === 'add') return [sumOf(join(data, updates, [0, 0]), [1, max + 1])];
  return [reduction === 'mul' ? productOf(join(data, [1, 1]), powersOf(updates, max)) : join(data, updates)];
}

function cacheAxis(at: NodeView): number {
  const axis = normalizeAxis(at, at.int('axis'), at.input(0).shape.length);
  if (axis === 0) throw at.fail('axis 0 is the batch, no sequence');
  return axis;
}

function cacheMap(at: NodeView): IndexMap {
  const { shape } = at.input(0);
  const axis = cacheAxis(at);
  const size = shape[axis]!;
  const all = shape.map((_, i) => coord(i));
  const start: Index = at.inputs[2] ? { kind: 'element', input: 2, at: [coord(0)], size } : indexOf(0);
  let place = indexOp('-', coord(axis), start);
  // Remainders are of natural numbers: a whole turn is added first.
  if (at.string('mode') === 'circular')
    place = indexOp('%', indexOp('+', indexOp('-', coord(axis), indexOp('%', start, size)), size), size);
  const written = all.map((index, i) => (i === axis ? place : index));
  return {
    sources: [
      { input: 1, at: written, where: [{ index: place, low: 0, high: at.input(1).shape[axis]! }] },
      { input: 0, at: all },
    ],
  };
}

function sameDims(at: NodeView, given: readonly Dim[], wanted: readonly Dim[]): void {
  if (given.length !== wanted.length || given.some((dim, i) => neverEqual(dim, wanted[i]!)))
    throw at.fail(`[${given}] where [${wanted}] belongs`);
  given.forEach((dim, i) => {
    at.equal(dim, wanted[i]!);
  });
}
