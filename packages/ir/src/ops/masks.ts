// Injective ops that keep, place or mirror elements by where they are.

import { type Dim, floorDiv, maxDim, sub } from '../dim.ts';
import type { DType } from '../dtype.ts';
import { coord, type Index, type IndexMap, indexOf, indexOp, type Source } from '../index-map.ts';
import { defineOp, type NodeView, type OpDef } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { INDICES, INTEGERS, NUMBERS } from './types.ts';

/** Past every coordinate, also after a few additions in 32 bits. */
const FAR = 2 ** 30;

export const maskOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Trilu',
    since: 14,
    summary: 'the upper or lower triangle of matrices, cut at the k-th diagonal; zeros elsewhere',
    inputs: [{ name: 'input' }, { name: 'k', types: INDICES, optional: true }],
    outputs: [{ name: 'output' }],
    attributes: { upper: { type: 'int', default: 1, min: 0, max: 1 } },
    trait: { kind: 'injective', map: triangle },
    infer(at) {
      if (at.input(0).shape.length < 2) throw at.fail(`an input of rank ${at.input(0).shape.length}`);
      return [{ dtype: at.input(0).dtype, shape: at.input(0).shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'OneHot',
    since: 11,
    summary:
      'along a new axis of size depth the second value at the index, the first elsewhere; none for indices beyond',
    inputs: [
      { name: 'indices', types: INTEGERS },
      { name: 'depth', types: NUMBERS, steersShape: true, told: 'sizes' },
      { name: 'values' },
    ],
    outputs: [{ name: 'output' }],
    attributes: { axis: { type: 'int', default: -1, doc: 'of the output' } },
    trait: {
      kind: 'injective',
      map(at): IndexMap {
        const axis = hotAxis(at);
        const at0 = at.input(0).shape.map((_, i) => coord(i < axis ? i : i + 1));
        const index: Index = { kind: 'element', input: 0, at: at0, size: depthOf(at) };
        const where = [{ index: indexOp('-', index, coord(axis)), low: 0, high: 1 }];
        return {
          sources: [
            { input: 2, at: [indexOf(1)], where },
            { input: 2, at: [indexOf(0)] },
          ],
        };
      },
    },
    infer(at) {
      const axis = hotAxis(at);
      const { shape } = at.input(0);
      const values = at.input(2).shape;
      if (values.length !== 1) throw at.fail(`values of [${values}] where [off, on] belongs`);
      at.equal(values[0]!, 2);
      return [{ dtype: at.input(2).dtype, shape: [...shape.slice(0, axis), depthOf(at), ...shape.slice(axis)] }];
    },
  }),
  defineOp({
    domain: '',
    name: 'EyeLike',
    since: 22,
    summary: 'a matrix of the input’s shape with ones on the k-th diagonal, zeros elsewhere',
    inputs: [{ name: 'input' }],
    outputs: [{ name: 'output' }],
    attributes: {
      dtype: { type: 'string', oneOf: [...NUMBERS, 'bool'], doc: 'name of the element type; the input’s by default' },
      k: { type: 'int', default: 0, doc: 'above the main diagonal where positive' },
    },
    trait: { kind: 'opaque' },
    infer(at) {
      const { dtype, shape } = at.input(0);
      if (shape.length !== 2) throw at.fail(`an input of rank ${shape.length} where a matrix belongs`);
      return [{ dtype: at.has('dtype') ? (at.string('dtype') as DType) : dtype, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'ReverseSequence',
    since: 10,
    summary: 'the first elements of each sequence in reverse, as many as its length says',
    inputs: [{ name: 'input' }, { name: 'sequence_lens', types: INDICES }],
    outputs: [{ name: 'Y' }],
    attributes: {
      batch_axis: { type: 'int', default: 1, min: 0, max: 1 },
      time_axis: { type: 'int', default: 0, min: 0, max: 1 },
    },
    trait: { kind: 'injective', map: reversed },
    infer(at) {
      const { shape } = at.input(0);
      const lengths = at.input(1).shape;
      const batch = at.int('batch_axis');
      if (shape.length < 2 || batch === at.int('time_axis') || lengths.length !== 1)
        throw at.fail(`lengths of [${lengths}] for axis ${batch} of [${shape}]`, 'Batch and time are axes 0 and 1.');
      at.equal(lengths[0]!, shape[batch]!);
      return [{ dtype: at.input(0).dtype, shape: at.input(0).shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'CenterCropPad',
    since: 18,
    summary: 'axes cut or padded with zeros to given sizes, evenly on both sides',
    inputs: [{ name: 'input_data' }, { name: 'shape', types: INDICES, steersShape: true, told: 'sizes' }],
    outputs: [{ name: 'output_data' }],
    attributes: { axes: { type: 'ints', doc: 'the axes that the sizes are for; all by default' } },
    trait: { kind: 'injective', map: centered },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: wantedSizes(at) }],
  }),
];

/** column − row − k is at least 0 in the upper triangle, at most 0 in the lower one. */
function triangle(at: NodeView): IndexMap {
  const rank = at.input(0).shape.length;
  const all = at.input(0).shape.map((_, i) => coord(i));
  const diagonal = indexOp('-', coord(rank - 1), coord(rank - 2));
  // A k beyond every diagonal is as good as a large one, which no arithmetic in 32 bits wraps.
  const known = at.inputs[1] ? at.numbers(1)?.[0] : 0;
  const told: Index = { kind: 'element', input: 1, at: [], size: 0 };
  const k = known === undefined ? indexOp('min', indexOp('max', told, -FAR), FAR) : within(known, -FAR, FAR);
  const cut = indexOp('-', diagonal, k);
  const range = at.int('upper') ? { low: 0, high: 2 ** 31 - 1 } : { low: -(2 ** 31), high: 1 };
  return { sources: [{ input: 0, at: all, where: [{ index: cut, ...range }] }], otherwise: { value: 0 } };
}

const within = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

function hotAxis(at: NodeView): number {
  return normalizeAxis(at, at.int('axis'), at.input(0).shape.length + 1);
}

function depthOf(at: NodeView): Dim {
  const depth = at.numbers(1)?.[0] ?? at.need(1).values[0];
  if (depth === undefined) throw at.fail('the depth is empty');
  return typeof depth === 'number' ? Math.trunc(depth) : depth;
}

/** Within the length L of its sequence place t is place L − 1 − t; past it, it stays. */
function reversed(at: NodeView): IndexMap {
  const [batch, time] = [at.int('batch_axis'), at.int('time_axis')];
  const all = at.input(0).shape.map((_, i) => coord(i));
  const length: Index = { kind: 'element', input: 1, at: [coord(batch)], size: 0 };
  const mirrored = indexOp('-', indexOp('-', length, 1), coord(time));
  const inside = { index: mirrored, low: 0, high: at.input(0).shape[time]! };
  return {
    sources: [
      { input: 0, at: all.map((index, i) => (i === time ? mirrored : index)), where: [inside] },
      { input: 0, at: all },
    ],
  };
}

function wantedSizes(at: NodeView): Dim[] {
  const { shape } = at.input(0);
  const wanted = at.need(1).values;
  const axes = at.ints('axes')?.map((axis) => normalizeAxis(at, axis, shape.length)) ?? shape.map((_, i) => i);
  if (wanted.length !== axes.length) throw at.fail(`${wanted.length} sizes for ${axes.length} axes`);
  return shape.map((dim, i) => (axes.includes(i) ? wanted[axes.indexOf(i)]! : dim));
}

/** ⌊(size − wanted)/2⌋ places are cut off at the beginning, or ⌊(wanted − size)/2⌋ added there. */
function centered(at: NodeView): IndexMap {
  const { shape } = at.input(0);
  const wanted = wantedSizes(at);
  const where: NonNullable<Source['where']>[number][] = [];
  const index = shape.map((size, i): Index => {
    const target = wanted[i]!;
    if (size === target) return coord(i);
    // One of the two is 0, also where it depends on a symbol which.
    const cut = maxDim(floorDiv(sub(size, target), 2), 0);
    const added = maxDim(floorDiv(sub(target, size), 2), 0);
    const moved = indexOp('+', coord(i), sub(cut, added));
    where.push({ index: moved, low: 0, high: size });
    return moved;
  });
  const source = { input: 0, at: index };
  return where.length ? { sources: [{ ...source, where }], otherwise: { value: 0 } } : { sources: [source] };
}
