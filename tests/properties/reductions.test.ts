// Every reduction on every type, over random axes of awkward and random shapes, against float64.

import { type DType, isFloat, isUnsigned, type OpDef, opName, standardOps, type Tensor } from '@trtx/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../kernels/support.ts';
import { EXACT, inType, numbersIn, type Tolerance, toType } from './float64.ts';
import { type Geometry, REDUCTIONS, type ReductionOracle } from './reduction-oracles.ts';
import { AWKWARD, SEED, type Shape, shapes, sizeOf } from './shapes.ts';
import { expectTrials, type Operand, type Trial } from './trials.ts';

const TYPES: readonly DType[] = ['float32', 'float16', 'int32', 'uint32', 'int64', 'uint8', 'int8', 'bool'];

/** Rows of one more and one less than the lanes of a workgroup, of several rounds of them, and of many elements. */
const ROWS: readonly Shape[] = [[64], [129, 2], [3, 65, 2], [2, 7, 63], [2, 1000], [5, 4, 3, 31], [2, 3, 4, 5, 2, 3]];
const RANDOM_SHAPES = 10;

it('has an oracle for every reduction', () => {
  const missing = [...standardOps].filter((op) => op.trait.kind === 'reduction' && !REDUCTIONS[opName(op)]);
  expect(missing.map(opName)).toEqual([]);
});

describe.each(Object.keys(REDUCTIONS))('%s', (name) => {
  const oracle = REDUCTIONS[name]!;

  it.each(typesOf(standardOps.get(name)!))('%s', async (dtype) => {
    const least = LEAST_RANK[oracle.geometry];
    const tried = [...AWKWARD, ...ROWS, ...fc.sample(shapes(least), { seed: SEED, numRuns: RANDOM_SHAPES })];
    const choices = fc.sample(choice, { seed: SEED, numRuns: tried.length });
    const trials = tried.flatMap((shape, turn) => {
      const trial = shape.length < least ? undefined : trialOf(name, oracle, dtype, shape, choices[turn]!, turn);
      return trial ? [trial] : [];
    });
    expect(trials.length).toBeGreaterThanOrEqual(20);
    await expectTrials(trials);
  });
});

const LEAST_RANK: Readonly<Record<Geometry, number>> = {
  axes: 0,
  place: 1,
  along: 1,
  trailing: 1,
  groups: 3,
  spatial: 3,
  channel: 3,
};

/** How the axes of a case are chosen. */
const choice = fc.record({
  /** Of eight axes, those to reduce. */
  mask: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  axis: fc.nat({ max: 7 }),
  negative: fc.boolean(),
  keepdims: fc.constantFrom(0, 1),
  /** Whether the input of axes is there. */
  given: fc.constantFrom(true, true, true, false),
  noop_with_empty_axes: fc.constantFrom(0, 0, 0, 1),
});

type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

function typesOf({ inputs }: OpDef): readonly DType[] {
  return TYPES.filter((dtype) => !inputs[0]!.types || inputs[0]!.types.includes(dtype));
}

function trialOf(
  op: string,
  oracle: ReductionOracle,
  dtype: DType,
  shape: Shape,
  choice: Choice,
  turn: number,
): Trial | undefined {
  const { axes, operands, attributes: own } = axesOf(oracle.geometry, shape, choice);
  const rows = own.num_groups ? blocksOf(shape, own.num_groups) : rowsAlong(shape, axes);
  if (oracle.needsElements?.(dtype) && rows.some((row) => row.length === 0)) return undefined;
  const attributes = { ...oracle.attributes?.[turn % oracle.attributes.length], ...own };
  const ranges = isFloat(dtype) ? oracle.floats : oracle.integers;
  const [low, high] = ranges ?? (isFloat(dtype) ? [-4, 4] : dtype === 'bool' ? [0, 2] : [-100, 100]);
  const seed = 1 + SEED + 100 * turn;
  const input = random(shape, { dtype, low: isUnsigned(dtype) ? Math.max(low, 0) : low, high, seed });
  const factors = factorsOf(oracle, dtype, shape, axes, seed);
  const result = oracle.result ?? dtype;
  const { values, tolerances } = resultsOf(oracle, input, rows, attributes, factors, result);
  return {
    op,
    operands: [input, ...operands, ...factors.tensors],
    attributes,
    expected: [{ dtype: result, dims: outputOf(oracle.geometry, shape, axes, choice), values, tolerance: tolerances }],
  };
}

/** The reduced axes, and how the node is told them. */
function axesOf(
  geometry: Geometry,
  shape: Shape,
  { mask, axis, negative, keepdims, given, noop_with_empty_axes }: Choice,
): { axes: readonly number[]; operands: readonly Operand[]; attributes: Record<string, number> } {
  const all = shape.map((_, i) => i);
  const rank = shape.length;
  const one = axis % Math.max(rank, 1);
  const attribute = negative ? one - rank : one;
  switch (geometry) {
    case 'axes': {
      const chosen = all.filter((i) => mask[i]);
      const attributes = { keepdims, noop_with_empty_axes };
      if (!given || chosen.length === 0) return { axes: noop_with_empty_axes ? [] : all, operands: [], attributes };
      const data = BigInt64Array.from(chosen, (i) => BigInt(negative ? i - rank : i));
      return {
        axes: chosen,
        operands: [{ dtype: 'int64', dims: [chosen.length], data, constant: true }],
        attributes,
      };
    }
    case 'place':
      return { axes: [one], operands: [], attributes: { axis: attribute, keepdims } };
    case 'along':
      return { axes: [one], operands: [], attributes: { axis: attribute } };
    case 'trailing':
      return { axes: all.slice(one), operands: [], attributes: { axis: attribute } };
    case 'groups': {
      const divisors = all.length < 2 ? [] : [1, 2, 3, shape[1]!].filter((n) => n > 0 && shape[1]! % n === 0);
      return { axes: [], operands: [], attributes: { num_groups: divisors[axis % divisors.length]! } };
    }
    default:
      return { axes: all.slice(2), operands: [], attributes: {} };
  }
}

function outputOf(geometry: Geometry, shape: Shape, axes: readonly number[], { keepdims }: Choice): Shape {
  if (['along', 'trailing', 'channel', 'groups'].includes(geometry)) return shape;
  const keep = geometry === 'spatial' || keepdims === 1;
  return shape.flatMap((dim, axis) => (!axes.includes(axis) ? [dim] : keep ? [1] : []));
}

/** The elements' places of each row, the rows in row-major order of the axes that are kept. */
function rowsAlong(shape: Shape, axes: readonly number[]): number[][] {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const places = (which: readonly number[]) =>
    which.reduce<number[]>(
      (all, axis) => all.flatMap((at) => Array.from({ length: shape[axis]! }, (_, i) => at + i * strides[axis]!)),
      [0],
    );
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const inside = places(axes);
  return places(kept).map((outside) => inside.map((at) => outside + at));
}

/** The elements' places of each group of channels of each batch element: they lie side by side. */
function blocksOf(shape: Shape, groups: number): number[][] {
  const length = sizeOf(shape.slice(1)) / groups;
  return Array.from({ length: shape[0]! * groups }, (_, i) => Array.from({ length }, (_, k) => i * length + k));
}

/** Scale and bias of a normalization: the operands, and what they are for element `at` of the input, place k of its row. */
interface Factors {
  readonly tensors: readonly Tensor[];
  of(operand: number, at: number, k: number): number | undefined;
}

function factorsOf(
  { geometry, operands = 0 }: ReductionOracle,
  dtype: DType,
  shape: Shape,
  axes: readonly number[],
  seed: number,
) {
  const byChannel = geometry === 'channel' || geometry === 'groups';
  const dims = byChannel ? [shape[1]!] : axes.map((axis) => shape[axis]!);
  const tensors = Array.from({ length: operands }, (_, i) => random(dims, { dtype, seed: seed + 50 + i }));
  const numbers = tensors.map(numbersIn);
  const channel = (at: number) => Math.floor(at / sizeOf(shape.slice(2))) % shape[1]!;
  return {
    tensors,
    of: (operand, at, k) => numbers[operand]?.[byChannel ? channel(at) : k],
  } satisfies Factors;
}

function resultsOf(
  oracle: ReductionOracle,
  input: Tensor,
  rows: readonly (readonly number[])[],
  attributes: Trial['attributes'],
  factors: Factors,
  result: DType,
): { values: Float64Array; tolerances: Tolerance | ((i: number) => Tolerance) } {
  const elements = numbersIn(input);
  const values: number[] = [];
  const tolerances: Tolerance[] = [];
  rows.forEach((places, number) => {
    const row = places.map((at) => elements[at]!);
    const tolerance = inType(oracle.tolerance(row), result);
    const made = oracle.of(row, attributes as never, input.dtype);
    const each = (at: number, value: number) => {
      values[at] = toType(value, result);
      tolerances[at] = tolerance;
    };
    if (typeof made === 'number') each(number, made);
    else
      made.forEach((value, k) => {
        const at = places[k]!;
        each(at, value * (factors.of(0, at, k) ?? 1) + (factors.of(1, at, k) ?? 0));
      });
  });
  return { values: Float64Array.from(values), tolerances: isFloat(result) ? (i) => tolerances[i]! : EXACT };
}
