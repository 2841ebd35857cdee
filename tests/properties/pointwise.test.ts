// Every pointwise op on every type, at awkward and random shapes that broadcast, against float64.

import { type DType, isFloat, isUnsigned, type OpDef, opName, standardOps, type Tensor } from '@trtx/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../kernels/support.ts';
import { EXACT, inType, numbersIn, toType } from './float64.ts';
import { POINTWISE, type PointwiseOracle, type Range } from './pointwise-oracles.ts';
import { AWKWARD, broadcastIndex, broadcasting, broadcastShape, SEED, type Shape, shapes, sizeOf } from './shapes.ts';
import { expectTrials, type Trial } from './trials.ts';

/** Types that the GPU has. */
const TYPES: readonly DType[] = ['float32', 'float16', 'int32', 'uint32', 'int64', 'uint8', 'bool'];
const RANDOM_SHAPES = 8;

it('has an oracle for every pointwise op', () => {
  const missing = [...standardOps].filter((op) => op.trait.kind === 'pointwise' && !POINTWISE[opName(op)]);
  expect(missing.map(opName)).toEqual([]);
});

describe.each(Object.keys(POINTWISE))('%s', (name) => {
  const oracle = POINTWISE[name]!;
  const op = standardOps.get(name)!;

  it.each(typesOf(op, oracle))('%s', async (dtype) => {
    const operands = oracle.operands ?? 1;
    const sets = oracle.shapes
      ? [...AWKWARD, ...fc.sample(shapes(2), { seed: SEED, numRuns: RANDOM_SHAPES })].flatMap((shape) => {
          const set = oracle.shapes!(shape);
          return set ? [set] : [];
        })
      : [
          ...AWKWARD.map((shape, i) => fc.sample(broadcasting(shape, operands), { seed: SEED + i, numRuns: 1 })[0]!),
          ...AWKWARD.map((shape) => new Array<Shape>(operands).fill(shape)),
          ...fc.sample(
            shapes().chain((shape) => broadcasting(shape, operands)),
            { seed: SEED, numRuns: RANDOM_SHAPES },
          ),
        ];
    await expectTrials(sets.map((set, turn) => trialOf(name, oracle, dtype, set, turn)));
  });
});

function typesOf({ inputs }: OpDef, { dtypes, typed = 0 }: PointwiseOracle): readonly DType[] {
  const { types } = inputs[Math.min(typed, inputs.length - 1)]!;
  return dtypes ?? TYPES.filter((dtype) => !types || types.includes(dtype));
}

function trialOf(op: string, oracle: PointwiseOracle, dtype: DType, set: readonly Shape[], turn: number): Trial {
  const attributes = oracle.attributes?.[turn % oracle.attributes.length] ?? {};
  const types = oracle.types?.(dtype, turn) ?? set.map(() => dtype);
  const operands = set.map((dims, i) => {
    const type = types[i]!;
    const ranges = isFloat(type) ? oracle.floats : oracle.integers;
    const [low, high] = rangeFor(type, ranges?.[Math.min(i, ranges.length - 1)]);
    return random(dims, { dtype: type, low, high, seed: 1 + SEED + 100 * turn + i });
  });
  const dims = oracle.shapes ? set[0]! : broadcastShape(set);
  const result = oracle.result?.(types, attributes) ?? dtype;
  const tolerance = isFloat(result) || op === 'QuantizeLinear' ? inType(oracle.tolerance, result) : EXACT;
  return {
    op,
    operands,
    attributes,
    expected: [{ dtype: result, dims, values: valuesOf(oracle, operands, dims, result, attributes), tolerance }],
  };
}

function rangeFor(dtype: DType, range: Range | undefined): Range {
  if (dtype === 'bool') return [0, 2];
  if (isFloat(dtype)) return range ?? [-4, 4];
  const [low, high] = range ?? (isUnsigned(dtype) ? [0, 200] : [-100, 100]);
  const most = dtype === 'uint8' ? 256 : Number.POSITIVE_INFINITY;
  return isUnsigned(dtype) ? [Math.max(low, 0), Math.min(high, most)] : [low, high];
}

function valuesOf(
  oracle: PointwiseOracle,
  operands: readonly Tensor[],
  dims: Shape,
  result: DType,
  attributes: Trial['attributes'],
): Float64Array {
  const types = operands.map(({ dtype }) => dtype);
  const columns = operands.map((tensor, i) => {
    const along = oracle.alongAxis;
    // Such an operand is as one of the result's rank with 1 on the other axes.
    const shape = along !== undefined && i > 0 ? dims.map((d, axis) => (axis === along ? d : 1)) : tensor.dims;
    return { elements: numbersIn(tensor), index: broadcastIndex(shape, dims) };
  });
  return Float64Array.from({ length: sizeOf(dims) }, (_, i) => {
    const args = columns.map(({ elements, index }) => elements[index[i]!]!);
    return toType(oracle.of(args, attributes as never, types), result);
  });
}
