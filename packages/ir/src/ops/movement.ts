// Injective ops: each output element is one input element. What is special about each is its index map.

import { add, type Dim, floorDiv, maxDim, minDim, mul, product, sub } from '../dim.ts';
import { asSymbol } from '../dim-visit.ts';
import { coord, indexOp, LINEAR } from '../index-map.ts';
import { defineOp, type NodeView, type OpDef } from '../op.ts';
import { normalizeAxis } from './axis.ts';
import { INDICES } from './types.ts';

/** The shape that Reshape's `shape` operand asks for: 0 copies (unless allowzero), -1 is what is left. */
export function reshapeTarget(at: NodeView): Dim[] {
  const from = at.input(0).shape;
  const wanted = at.need(1).values;
  const shape = wanted.map((d, i) => {
    if (d !== 0 || at.int('allowzero')) return d;
    if (i >= from.length) throw at.fail(`dimension ${i} is to be copied from an input of rank ${from.length}`);
    return from[i]!;
  });
  const free = shape.indexOf(-1);
  if (free < 0) {
    at.equal(product(from), product(shape));
    return shape;
  }
  const rest = product(shape.filter((_, i) => i !== free));
  if (rest === 0) throw at.fail('-1 beside a dimension of 0');
  const left = floorDiv(product(from), rest);
  at.equal(product(from), mul(left, rest));
  return shape.map((d, i) => (i === free ? left : d));
}

export const movementOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Reshape',
    since: 25,
    summary: 'the same elements in another shape',
    inputs: [{ name: 'data' }, { name: 'shape', types: INDICES, steersShape: true, told: 'target' }],
    outputs: [{ name: 'reshaped' }],
    attributes: { allowzero: { type: 'int', default: 0, min: 0, max: 1 } },
    trait: { kind: 'injective', map: () => LINEAR },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: reshapeTarget(at) }],
  }),
  defineOp({
    domain: '',
    name: 'Transpose',
    since: 25,
    summary: 'axes in another order',
    inputs: [{ name: 'data' }],
    outputs: [{ name: 'transposed' }],
    attributes: { perm: { type: 'ints', min: 0, doc: 'output axis i is input axis perm[i]; reversed by default' } },
    trait: {
      kind: 'injective',
      map(at) {
        const perm = permutation(at);
        const long = perm.filter((axis) => at.input(0).shape[axis] !== 1);
        // Where only axes of one element change places, all stays where it is.
        if (long.every((axis, i) => i === 0 || axis > long[i - 1]!)) return LINEAR;
        return { sources: [{ input: 0, at: perm.map((_, axis) => coord(perm.indexOf(axis))) }] };
      },
    },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: permutation(at).map((axis) => at.input(0).shape[axis]!) }],
  }),
  defineOp({
    domain: '',
    name: 'Concat',
    since: 13,
    summary: 'tensors one after another along an axis',
    inputs: [{ name: 'inputs', sameAs: 'T', variadic: true }],
    outputs: [{ name: 'concat_result' }],
    attributes: { axis: { type: 'int', required: true } },
    trait: {
      kind: 'injective',
      map(at) {
        const rank = at.input(0).shape.length;
        const axis = normalizeAxis(at, at.int('axis'), rank);
        let start: Dim = 0;
        const sources = at.inputs.map((input, i) => {
          const low = start;
          const high = add(low, input!.shape[axis]!);
          start = high;
          const index = Array.from({ length: rank }, (_, a) => (a === axis ? indexOp('-', coord(a), low) : coord(a)));
          return { input: i, at: index, where: [{ index: coord(axis), low, high }] };
        });
        return { sources };
      },
    },
    infer(at) {
      const first = at.input(0).shape;
      const axis = normalizeAxis(at, at.int('axis'), first.length);
      const shape = [...first];
      for (const input of at.inputs.slice(1)) {
        if (input!.shape.length !== first.length)
          throw at.fail(`inputs of rank ${first.length} and ${input!.shape.length}`);
        input!.shape.forEach((dim, a) => {
          shape[a] = a === axis ? add(shape[a]!, dim) : at.equal(shape[a]!, dim);
        });
      }
      return [{ dtype: at.input(0).dtype, shape }];
    },
  }),
  defineOp({
    domain: '',
    name: 'Slice',
    since: 13,
    summary: 'a range, with a step, of some axes',
    inputs: [
      { name: 'data' },
      { name: 'starts', types: INDICES, steersShape: true, told: 'positions' },
      { name: 'ends', types: INDICES, steersShape: true, told: 'positions' },
      { name: 'axes', types: INDICES, optional: true, steersShape: true },
      { name: 'steps', types: INDICES, optional: true, steersShape: true },
    ],
    outputs: [{ name: 'output' }],
    attributes: {},
    trait: {
      kind: 'injective',
      map: (at) => ({
        sources: [
          {
            input: 0,
            at: sliceAxes(at).map(({ start, step }, axis) => indexOp('+', indexOp('*', coord(axis), step), start)),
          },
        ],
      }),
    },
    infer: (at) => [{ dtype: at.input(0).dtype, shape: sliceAxes(at).map(({ size }) => size) }],
  }),
];

/** Start, step and size of every axis of a Slice. */
function sliceAxes(at: NodeView): { start: Dim; step: number; size: Dim }[] {
  const shape = at.input(0).shape;
  const starts = at.need(1).values;
  const ends = at.need(2).values;
  const axes = at.inputs[3] ? at.need(3).values : starts.map((_, i) => i);
  const steps = at.inputs[4] ? at.need(4).values : starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    throw at.fail(`${starts.length} starts, ${ends.length} ends, ${axes.length} axes, ${steps.length} steps`);
  const result = shape.map((size) => ({ start: 0 as Dim, step: 1, size }));
  axes.forEach((given, i) => {
    const axis = normalizeAxis(at, given, shape.length);
    const step = steps[i]!;
    if (typeof step !== 'number' || step === 0) throw at.fail(`a step of ${step} on axis ${axis}`);
    const dim = shape[axis]!;
    if (step > 0) {
      const start = limit(fromEnd(starts[i]!, dim), 0, dim);
      const end = limit(fromEnd(ends[i]!, dim), 0, dim);
      result[axis] = { start, step, size: maxDim(floorDiv(add(sub(end, start), step - 1), step), 0) };
    } else {
      const start = limit(fromEnd(starts[i]!, dim), 0, sub(dim, 1));
      const end = limit(fromEnd(ends[i]!, dim), -1, sub(dim, 1));
      result[axis] = { start, step, size: maxDim(floorDiv(add(sub(start, end), -step - 1), -step), 0) };
    }
  });
  return result;
}

/** A negative position counts from the end. Symbolic ones are natural, but for those that only the run tells. */
function fromEnd(position: Dim, size: Dim): Dim {
  if (typeof position === 'number') return position < 0 ? add(position, size) : position;
  const symbol = asSymbol(position)?.symbol;
  if (!symbol || symbol.min >= 0) return position;
  const isNegative = minDim(maxDim(mul(position, -1), 0), 1);
  return add(position, mul(size, isNegative));
}

function limit(value: Dim, low: Dim, high: Dim): Dim {
  return minDim(maxDim(value, low), high);
}

function permutation(at: NodeView): readonly number[] {
  const rank = at.input(0).shape.length;
  const perm = at.ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (perm.length !== rank || perm.some((_, axis) => !perm.includes(axis)))
    throw at.fail(`perm [${perm}] of a tensor of rank ${rank}`);
  return perm;
}
