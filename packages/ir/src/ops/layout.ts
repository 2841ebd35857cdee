// Injective ops that repeat, cut, border or rearrange elements.

import { add, bounds, ceilDiv, type Dim, floorDiv, maxDim, mul, sub } from '../dim.ts';
import { coord, type Index, type IndexMap, indexOf, indexOp } from '../index-map.ts';
import { defineOp, type NodeView, type OpDef } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { broadcast } from './broadcast.ts';
import { INDICES } from './types.ts';

export const layoutOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Expand',
    since: 13,
    summary: 'broadcast with a shape, both ways: a 1 in the shape keeps the dimension of the input',
    inputs: [{ name: 'input' }, { name: 'shape', types: INDICES, steersShape: true, told: 'broadcast' }],
    outputs: [{ name: 'output' }],
    attributes: {},
    trait: {
      kind: 'injective',
      map(at): IndexMap {
        const from = at.input(0).shape;
        const skip = Math.max(at.need(1).values.length - from.length, 0);
        return { sources: [{ input: 0, at: from.map((dim, i) => (dim === 1 ? indexOf(0) : coord(i + skip))) }] };
      },
    },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: broadcast(at, [at.input(0).shape, at.need(1).values]) }],
  }),
  defineOp({
    domain: '',
    name: 'Tile',
    since: 13,
    summary: 'the input repeated along each axis',
    inputs: [{ name: 'input' }, { name: 'repeats', types: INDICES, steersShape: true, told: 'sizes' }],
    outputs: [{ name: 'output' }],
    attributes: {},
    trait: {
      kind: 'injective',
      map(at): IndexMap {
        const { shape } = at.input(0);
        const repeats = at.need(1).values;
        const index = shape.map((dim, i) => (repeats[i] === 1 ? coord(i) : indexOp('%', coord(i), dim)));
        return { sources: [{ input: 0, at: index }] };
      },
    },
    infer(at) {
      const { dtype, shape } = at.input(0);
      const repeats = at.need(1).values;
      if (repeats.length !== shape.length)
        throw at.fail(`${repeats.length} repeats for a tensor of rank ${shape.length}`);
      return [{ dtype, shape: shape.map((dim, i) => mul(dim, repeats[i]!)) }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Pad',
    since: 25,
    summary: 'elements added around the input, or with negative pads taken away',
    inputs: [
      { name: 'data', sameAs: 'T' },
      { name: 'pads', types: INDICES, steersShape: true, told: 'positions' },
      { name: 'constant_value', sameAs: 'T', optional: true },
      { name: 'axes', types: INDICES, optional: true, steersShape: true },
    ],
    outputs: [{ name: 'output' }],
    attributes: {
      mode: {
        type: 'string',
        default: 'constant',
        oneOf: ['constant', 'reflect', 'edge', 'wrap'],
        doc: 'what is added: one value, the input mirrored at its edge elements, its edge elements, the input again',
      },
    },
    trait: { kind: 'injective', map: padMap },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: padAxes(at).map(({ output }) => output) }],
  }),
  defineOp({
    domain: '',
    name: 'Split',
    since: 18,
    summary: 'an axis cut into parts: of the given sizes, or equal but for a smaller last one',
    inputs: [{ name: 'input' }, { name: 'split', types: INDICES, optional: true, steersShape: true, told: 'parts' }],
    outputs: [{ name: 'outputs', variadic: true }],
    attributes: {
      axis: { type: 'int', default: 0 },
      num_outputs: { type: 'int', min: 1, max: 2 ** 20, doc: 'the number of outputs that the node has' },
    },
    trait: {
      kind: 'injective',
      map(at, output = 0): IndexMap {
        const { axis, sizes } = splitParts(at);
        const start = sizes.slice(0, output).reduce<Dim>(add, 0);
        const index = at.input(0).shape.map((_, i) => (i === axis ? indexOp('+', coord(i), start) : coord(i)));
        return { sources: [{ input: 0, at: index }] };
      },
    },
    infer(at) {
      const { dtype, shape } = at.input(0);
      const { axis, sizes } = splitParts(at);
      return sizes.map((size) => ({ dtype, shape: shape.map((dim, i) => (i === axis ? size : dim)) }));
    },
  }),
  defineOp({
    domain: '',
    name: 'DepthToSpace',
    since: 13,
    summary: 'blocks of channels laid out as blocks of height and width',
    inputs: [{ name: 'input' }],
    outputs: [{ name: 'output' }],
    attributes: {
      blocksize: { type: 'int', required: true, min: 1, max: 1024 },
      mode: {
        type: 'string',
        default: 'DCR',
        oneOf: ['DCR', 'CRD'],
        doc: 'order of the input channels: block row, block column, depth; or depth, block row, block column',
      },
    },
    trait: {
      kind: 'injective',
      map(at): IndexMap {
        const b = at.int('blocksize');
        const depth = floorDiv(image(at)[1]!, b * b);
        const [n, c, y, x] = [0, 1, 2, 3].map(coord) as [Index, Index, Index, Index];
        const block = indexOp('+', indexOp('*', indexOp('%', y, b), b), indexOp('%', x, b));
        const channel =
          at.string('mode') === 'DCR'
            ? indexOp('+', indexOp('*', block, depth), c)
            : indexOp('+', indexOp('*', c, b * b), block);
        return { sources: [{ input: 0, at: [n, channel, indexOp('/', y, b), indexOp('/', x, b)] }] };
      },
    },
    infer(at) {
      const [n, c, h, w] = image(at);
      const b = at.int('blocksize');
      const depth = floorDiv(c, b * b);
      at.equal(mul(depth, b * b), c);
      return [{ dtype: at.input(0).dtype, shape: [n, depth, mul(h, b), mul(w, b)] }];
    },
  }),
  defineOp({
    domain: '',
    name: 'SpaceToDepth',
    since: 13,
    summary: 'blocks of height and width laid out as blocks of channels',
    inputs: [{ name: 'input' }],
    outputs: [{ name: 'output' }],
    attributes: { blocksize: { type: 'int', required: true, min: 1, max: 1024 } },
    trait: {
      kind: 'injective',
      map(at): IndexMap {
        const b = at.int('blocksize');
        const depth = image(at)[1];
        const [n, c, y, x] = [0, 1, 2, 3].map(coord) as [Index, Index, Index, Index];
        const block = indexOp('/', c, depth);
        const row = indexOp('+', indexOp('*', y, b), indexOp('/', block, b));
        const column = indexOp('+', indexOp('*', x, b), indexOp('%', block, b));
        return { sources: [{ input: 0, at: [n, indexOp('%', c, depth), row, column] }] };
      },
    },
    infer(at) {
      const [n, c, h, w] = image(at);
      const b = at.int('blocksize');
      const [rows, columns] = [floorDiv(h, b), floorDiv(w, b)];
      at.equal(mul(rows, b), h);
      at.equal(mul(columns, b), w);
      return [{ dtype: at.input(0).dtype, shape: [n, mul(c, b * b), rows, columns] }];
    },
  }),
];

interface PadAxis {
  readonly size: Dim;
  readonly begin: Dim;
  readonly end: Dim;
  readonly output: Dim;
}

function padAxes(at: NodeView): PadAxis[] {
  const { shape } = at.input(0);
  const pads = at.need(1).values;
  const axes = at.inputs[3]
    ? at.need(3).values.map((axis) => normalizeAxis(at, axis, shape.length))
    : shape.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length) throw at.fail(`${pads.length} pads for ${axes.length} axes`);
  const mode = at.string('mode');
  return shape.map((size, axis) => {
    const i = axes.indexOf(axis);
    const [begin, end] = i < 0 ? [0, 0] : [pads[i]!, pads[i + axes.length]!];
    const reach = [begin, end].some((pad) => typeof pad === 'number' && typeof size === 'number' && pad >= size);
    if (mode === 'reflect' && reach) throw at.fail(`reflect padding of [${begin}, ${end}] around ${size} elements`);
    return { size, begin, end, output: add(size, add(begin, end)) };
  });
}

function padMap(at: NodeView): IndexMap {
  const axes = padAxes(at);
  const mode = at.string('mode');
  const place = axes.map(({ begin }, axis) => indexOp('-', coord(axis), begin));
  const padded = (axis: number) => axes[axis]!.begin !== 0 || axes[axis]!.end !== 0;
  if (mode === 'constant') {
    const where = place
      .map((index, axis) => ({ index, low: 0, high: axes[axis]!.size }))
      .filter((_, axis) => padded(axis));
    if (where.length === 0) return { sources: [{ input: 0, at: place }] };
    return { sources: [{ input: 0, at: place, where }], otherwise: at.inputs[2] ? { input: 2 } : { value: 0 } };
  }
  const index = place.map((p, axis): Index => {
    if (!padded(axis)) return p;
    const { size, begin } = axes[axis]!;
    const last = sub(size, 1);
    if (mode === 'edge') return indexOp('min', indexOp('max', p, 0), last);
    // Whole turns are added first, since remainders are of natural numbers.
    if (mode === 'wrap') return indexOp('%', indexOp('+', p, mul(size, turns(begin, size))), size);
    const mirrored = indexOp('max', p, indexOp('-', indexOf(0), p));
    return indexOp('min', mirrored, indexOp('-', indexOf(mul(last, 2)), mirrored));
  });
  return { sources: [{ input: 0, at: index }] };
}

/** Copies of `size` elements that cover `begin`, or more. */
function turns(begin: Dim, size: Dim): Dim {
  if (bounds(begin).max <= 0) return 0;
  if (bounds(begin).min < 0) return turns(maxDim(begin, 0), size);
  return typeof size === 'number' && size > 0 ? ceilDiv(begin, size) : begin;
}

/** The axis of a Split and the size of each part. */
function splitParts(at: NodeView): { axis: number; sizes: readonly Dim[] } {
  const { shape } = at.input(0);
  const axis = normalizeAxis(at, at.int('axis'), shape.length);
  const size = shape[axis]!;
  const count = at.outputCount;
  if (at.inputs[1]) {
    const sizes = at.need(1).values;
    if (sizes.length !== count) throw at.fail(`${sizes.length} sizes for ${count} outputs`);
    at.equal(sizes.reduce<Dim>(add, 0), size);
    return { axis, sizes };
  }
  if (at.has('num_outputs') && at.int('num_outputs') !== count)
    throw at.fail(`num_outputs is ${at.int('num_outputs')} where the node has ${count}`);
  const part = ceilDiv(size, count);
  const last = sub(size, mul(part, count - 1));
  if (typeof last === 'number' && last < 0) throw at.fail(`${size} elements do not make ${count} parts`);
  return { axis, sizes: Array.from({ length: count }, (_, i) => (i < count - 1 ? part : last)) };
}

function image(at: NodeView): [Dim, Dim, Dim, Dim] {
  const { shape } = at.input(0);
  if (shape.length !== 4) throw at.fail(`an input of rank ${shape.length} where [N, C, H, W] belongs`);
  return shape as unknown as [Dim, Dim, Dim, Dim];
}
