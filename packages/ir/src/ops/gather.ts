// Injective ops that look up where to read in an input of indices.

import type { Dim } from '../dim.ts';
import { coord, type Index, type IndexMap, indexOf } from '../index-map.ts';
import { defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { INDICES } from './types.ts';

const OPERANDS: readonly OperandSpec[] = [{ name: 'data' }, { name: 'indices', types: INDICES }];

const coords = (from: number, to: number): Index[] => Array.from({ length: to - from }, (_, i) => coord(from + i));

export const gatherOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Gather',
    since: 13,
    summary: 'slices along an axis, picked by index; negative indices count from the end',
    inputs: OPERANDS,
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', default: 0 } },
    trait: {
      kind: 'injective',
      map(at): IndexMap {
        const data = at.input(0).shape;
        const axis = axisOf(at);
        const end = axis + at.input(1).shape.length;
        const element: Index = { kind: 'element', input: 1, at: coords(axis, end), size: data[axis]! };
        const after = coords(end, end + data.length - axis - 1);
        return { sources: [{ input: 0, at: [...coords(0, axis), element, ...after] }] };
      },
    },
    infer(at) {
      const data = at.input(0).shape;
      const axis = axisOf(at);
      return [
        {
          dtype: at.input(0).dtype,
          shape: [...data.slice(0, axis), ...at.input(1).shape, ...data.slice(axis + 1)],
        },
      ];
    },
  }),
  defineOp({
    domain: '',
    name: 'GatherElements',
    since: 13,
    summary: 'for each place of the indices, the element that is there but for its position along an axis',
    inputs: OPERANDS,
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', default: 0 } },
    trait: {
      kind: 'injective',
      map(at): IndexMap {
        const data = at.input(0).shape;
        const axis = axisOf(at);
        const all = coords(0, data.length);
        const element: Index = { kind: 'element', input: 1, at: all, size: data[axis]! };
        return { sources: [{ input: 0, at: all.map((index, i) => (i === axis ? element : index)) }] };
      },
    },
    infer(at) {
      const rank = at.input(0).shape.length;
      axisOf(at);
      if (at.input(1).shape.length !== rank)
        throw at.fail(`indices of rank ${at.input(1).shape.length} for data of rank ${rank}`);
      return [{ dtype: at.input(0).dtype, shape: at.input(1).shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'GatherND',
    since: 13,
    summary: 'slices of data at positions that the last axis of the indices spells out',
    inputs: OPERANDS,
    outputs: [{ name: 'output' }],
    attributes: { batch_dims: { type: 'int', default: 0, min: 0, doc: 'leading axes that data and indices share' } },
    trait: {
      kind: 'injective',
      map(at): IndexMap {
        const data = at.input(0).shape;
        const { batch, depth } = gatherND(at);
        const last = at.input(1).shape.length - 1;
        const picked = Array.from({ length: depth }, (_, i): Index => {
          return { kind: 'element', input: 1, at: [...coords(0, last), indexOf(i)], size: data[batch + i]! };
        });
        const rest = coords(last, last + data.length - batch - depth);
        return { sources: [{ input: 0, at: [...coords(0, batch), ...picked, ...rest] }] };
      },
    },
    infer(at) {
      const data = at.input(0).shape;
      const { batch, depth, shape } = gatherND(at);
      return [{ dtype: at.input(0).dtype, shape: [...shape, ...data.slice(batch + depth)] }];
    },
  }),
];

function axisOf(at: NodeView): number {
  return normalizeAxis(at, at.int('axis'), at.input(0).shape.length);
}

/** Shared leading axes, axes that a position spells out, and the output's axes before those of a slice. */
function gatherND(at: NodeView): { batch: number; depth: number; shape: Dim[] } {
  const data = at.input(0).shape;
  const indices = at.input(1).shape;
  const batch = at.int('batch_dims');
  const depth = indices.at(-1);
  if (typeof depth !== 'number' || depth < 1 || batch >= indices.length || batch + depth > data.length)
    throw at.fail(`indices of [${indices}] with ${batch} batch axes for data of [${data}]`);
  const shape = indices.slice(0, -1).map((dim, i) => (i < batch ? at.equal(data[i]!, dim) : dim));
  return { batch, depth, shape };
}
