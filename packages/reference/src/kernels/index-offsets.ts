// Offsets into an input that an index map reads, split into what can be tabled. The offset of an element is a sum over
// the input's axes; a term of it that depends on one output axis alone becomes a table along that axis, so that slices,
// transpositions, pads, tiles and look-ups by a vector of indices all copy by adding table entries. What depends on
// several axes at once (GatherND) is evaluated for each element.

import { bounds, type Index, type NodeView, type Source, type Tensor } from '@trtx/ir';
import { stridesOf, toFloat64 } from '../tensors.ts';

export type Position = readonly number[];

/** A half-open range of output positions for each axis. */
export type Box = readonly (readonly [low: number, high: number])[];

export interface Offsets {
  /** Where the tables hold. Tables start at the box's low ends. */
  readonly box: Box;
  readonly tables: readonly Float64Array[];
  /** Added at every position. */
  readonly start: number;
  /** What to add for a position; absent where tables tell it all. */
  readonly joint: ((position: Position) => number) | undefined;
  /** Whether the source applies at a position of the box; absent where it always does. */
  readonly applies: ((position: Position) => boolean) | undefined;
}

/** The offsets of one source, over the whole output or the part where its ranges hold. */
export function offsetsOf(source: Source & { at: readonly Index[] }, call: IndexCall): Offsets {
  const { box, applies } = boxOf(source, call);
  const input = call.inputs[source.input]!;
  const strides = stridesOf(input.dims);
  const tables = box.map(([low, high]) => new Float64Array(Math.max(high - low, 0)));
  const joints: ((position: Position) => number)[] = [];
  let start = 0;
  source.at.forEach((index, axis) => {
    const size = input.dims[axis]!;
    const stride = strides[axis]!;
    const terms = termsOf(index, 1, call);
    const separable = terms.every(({ axes }) => axes.length <= 1);
    if (!separable) {
      const evaluate = compileIndex(index, call);
      joints.push((position) => stride * checked(call, source, axis, evaluate(position), size));
      return;
    }
    const { low, high, constant } = addTerms(terms, box, tables, stride, call);
    start += constant * stride;
    // Sources that apply to a part of the box only are checked element by element.
    if (!applies && !box.some(([low, high]) => high <= low))
      for (const end of [low, high]) checked(call, source, axis, end, size);
  });
  const joint = joints.length ? (position: Position) => joints.reduce((sum, f) => sum + f(position), 0) : undefined;
  return { box, tables, start, joint, applies };
}

export interface IndexCall {
  readonly at: NodeView;
  readonly inputs: readonly (Tensor | null)[];
  /** Dims of the output. */
  readonly dims: readonly number[];
}

function wholeBox(dims: readonly number[]): Box {
  return dims.map((dim) => [0, dim]);
}

/** Adds terms to the tables of their axes; gives the part that depends on none, and the smallest and the largest sum. */
function addTerms(
  terms: readonly Term[],
  box: Box,
  tables: readonly Float64Array[],
  stride: number,
  call: IndexCall,
): { constant: number; low: number; high: number } {
  let constant = 0;
  const columns = new Map<number, Float64Array>();
  for (const { index, factor, axes } of terms) {
    const axis = axes[0];
    if (axis === undefined) {
      constant += factor * compileIndex(index, call)(box.map(([first]) => first));
      continue;
    }
    const column = columnOf({ index, factor, axis }, box, call);
    const sum = columns.get(axis);
    if (sum) for (let i = 0; i < sum.length; i++) sum[i]! += column[i]!;
    else columns.set(axis, column);
  }
  let [low, high] = [constant, constant];
  for (const [axis, column] of columns) {
    const table = tables[axis]!;
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < column.length; i++) {
      const place = column[i]!;
      if (place < least) least = place;
      if (place > most) most = place;
      table[i]! += place * stride;
    }
    low += least;
    high += most;
  }
  return { constant, low, high };
}

/** A term at each position along its axis. */
function columnOf(
  { index, factor, axis }: Pick<Term, 'index' | 'factor'> & { readonly axis: number },
  box: Box,
  call: IndexCall,
): Float64Array {
  const [low, high] = box[axis]!;
  const column = new Float64Array(Math.max(high - low, 0));
  if (index.kind === 'coord') {
    for (let i = 0; i < column.length; i++) column[i] = factor * (low + i);
    return column;
  }
  const elements = index.kind === 'element' && elementColumn(index, axis, call);
  if (elements) {
    const { values, start, step, size } = elements;
    for (let i = 0; i < column.length; i++) {
      const value = values[start + (low + i) * step]!;
      column[i] = factor * (value < 0 ? value + size : value);
    }
    return column;
  }
  const evaluate = compileIndex(index, call);
  const position = box.map(([first]) => first);
  for (let i = 0; i < column.length; i++) {
    position[axis] = low + i;
    column[i] = factor * evaluate(position);
  }
  return column;
}

/** Where the elements that an index is lie, if they follow one another evenly along an axis. */
function elementColumn({ input, at, size }: Index & { kind: 'element' }, axis: number, call: IndexCall) {
  const tensor = call.inputs[input]!;
  const strides = stridesOf(tensor.dims);
  let [start, step] = [0, 0];
  for (const [i, index] of at.entries()) {
    if (index.kind === 'dim') start += (index.value as number) * strides[i]!;
    else if (index.kind === 'coord' && index.axis === axis) step += strides[i]!;
    // Along other axes there is one place only.
    else if (index.kind !== 'coord') return undefined;
  }
  return { values: toFloat64(tensor), start, step, size: size as number };
}

/** The part of the output where a source's ranges hold: a box, where each range concerns one axis. */
function boxOf(source: Source, call: IndexCall): Pick<Offsets, 'box' | 'applies'> {
  const box = wholeBox(call.dims).map(([low, high]) => [low, high] as [number, number]);
  const tests: ((position: Position) => boolean)[] = [];
  for (const { index, low, high } of source.where ?? []) {
    const [from, to] = [bounds(low).min, bounds(high).max];
    if (index.kind === 'coord') {
      const [first, end] = box[index.axis]!;
      box[index.axis] = [Math.max(first, from), Math.min(end, to)];
      continue;
    }
    const evaluate = compileIndex(index, call);
    const axes = axesOf(index, call);
    const inside = (position: Position) => {
      const value = evaluate(position);
      return from <= value && value < to;
    };
    if (axes.length !== 1) {
      tests.push(inside);
      continue;
    }
    const axis = axes[0]!;
    const position = box.map(() => 0);
    const holds = Array.from({ length: call.dims[axis]! }, (_, i) => {
      position[axis] = i;
      return inside(position);
    });
    const first = holds.indexOf(true);
    const last = holds.lastIndexOf(true);
    if (first < 0) box[axis] = [0, 0];
    else if (holds.slice(first, last).includes(false)) tests.push(inside);
    else box[axis] = [Math.max(box[axis]![0], first), Math.min(box[axis]![1], last + 1)];
  }
  const applies = tests.length ? (position: Position) => tests.every((test) => test(position)) : undefined;
  return { box, applies };
}

interface Term {
  readonly index: Index;
  readonly factor: number;
  /** The output axes that it depends on. */
  readonly axes: readonly number[];
}

/** The summands of an index, with factors multiplied in. */
function termsOf(index: Index, factor: number, call: IndexCall): Term[] {
  if (index.kind === 'binary') {
    const { op, a, b } = index;
    if (op === '+') return [...termsOf(a, factor, call), ...termsOf(b, factor, call)];
    if (op === '-') return [...termsOf(a, factor, call), ...termsOf(b, -factor, call)];
    if (op === '*' && b.kind === 'dim') return termsOf(a, factor * (b.value as number), call);
    if (op === '*' && a.kind === 'dim') return termsOf(b, factor * (a.value as number), call);
  }
  return [{ index, factor, axes: axesOf(index, call) }];
}

/** The output axes that an index depends on; those of size 1 are always at 0. */
function axesOf(index: Index, call: IndexCall, into: Set<number> = new Set()): number[] {
  if (index.kind === 'coord' && call.dims[index.axis] !== 1) into.add(index.axis);
  if (index.kind === 'element') for (const inner of index.at) axesOf(inner, call, into);
  if (index.kind === 'binary') {
    axesOf(index.a, call, into);
    axesOf(index.b, call, into);
  }
  return [...into];
}

/** The index as a function of the output position. */
function compileIndex(index: Index, call: IndexCall): (position: Position) => number {
  switch (index.kind) {
    case 'coord': {
      const { axis } = index;
      return (position) => position[axis]!;
    }
    case 'dim': {
      const value = index.value as number;
      return () => value;
    }
    case 'element': {
      const tensor = call.inputs[index.input]!;
      const values = toFloat64(tensor);
      const strides = stridesOf(tensor.dims);
      const at = index.at.map((inner) => compileIndex(inner, call));
      const size = index.size as number;
      return (position) => {
        let offset = 0;
        for (let i = 0; i < at.length; i++) offset += at[i]!(position) * strides[i]!;
        const value = values[offset]!;
        return value < 0 ? value + size : value;
      };
    }
    case 'binary': {
      const a = compileIndex(index.a, call);
      const b = compileIndex(index.b, call);
      const f = ARITHMETIC[index.op];
      return (position) => f(a(position), b(position));
    }
  }
}

const ARITHMETIC = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => Math.floor(a / b),
  '%': (a: number, b: number) => a % b,
  min: Math.min,
  max: Math.max,
} as const;

function checked(call: IndexCall, source: Source, axis: number, place: number, size: number): number {
  if (place >= 0 && place < size) return place;
  throw call.at.fail(
    `element ${place} of axis ${axis} of input ${source.input}, which has ${size}`,
    'An index that the model computes or was given is out of range.',
  );
}
