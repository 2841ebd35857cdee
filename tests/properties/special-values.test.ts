// NaN, infinities, zeros of both signs and numbers near the ends of float32, through every pointwise op and reduction.
// What is left out is what docs/numbers.md leaves open.

import { type DType, standardOps, type Tensor } from '@trtx/ir';
import { describe, it } from 'vitest';
import { toType } from './float64.ts';
import { type Attributes, POINTWISE, type PointwiseOracle } from './pointwise-oracles.ts';
import { REDUCTIONS, type ReductionOracle } from './reduction-oracles.ts';
import { expectTrials, type Operand, type Trial } from './trials.ts';

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];
const NUMBERS = [...SPECIAL, 1, -1, 0.5, -2.5, 2, 1e-20, -1e-20, 1e4, -1e4, 1e20, -1e20, 3e38, -3e38];

const isZero = (x: number | undefined) => x === 0;
const isFar = ([x]: readonly number[]) => Math.abs(x!) > 2 ** 17 && Number.isFinite(x!);
/** eˣ − 1 has no digits of such a small x. */
const isTiny = ([x]: readonly number[]) => x! <= 0 && x! > -1e-6;

/** Operands of which the result, or its sign, is left open. */
const OPEN: Readonly<Record<string, (args: readonly number[]) => boolean>> = {
  Sin: isFar,
  Cos: isFar,
  Tan: isFar,
  Min: ([a, b]) => isZero(a) && isZero(b),
  Max: ([a, b]) => isZero(a) && isZero(b),
  Clip: ([a, b]) => isZero(a) && isZero(b),
  Elu: isTiny,
  Celu: isTiny,
  Selu: isTiny,
};

const float32 = (values: readonly number[], dims: readonly number[] = [values.length]): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(values),
});

describe('pointwise ops', () => {
  const tried = Object.entries(POINTWISE).filter(([name, { typed = 0, alongAxis }]) => {
    if (alongAxis !== undefined) return false;
    const { types } = standardOps.get(name)!.inputs[typed]!;
    return !types || types.includes('float32');
  });

  it.each(tried)('%s', async (name, oracle) => {
    const trials = (oracle.attributes ?? [{}]).flatMap((attributes) => {
      const types = oracle.types?.('float32', 0) ?? new Array<DType>(oracle.operands ?? 1).fill('float32');
      const result = oracle.result?.(types, attributes) ?? 'float32';
      // Casts of what an integer type does not have are the affair of scalar expressions.
      return result === 'float32' || result === 'bool' ? [pointwiseTrial(name, oracle, types, result, attributes)] : [];
    });
    if (trials.length > 0) await expectTrials(trials);
  });
});

/** One case for all combinations of numbers; operands after the second are 1. */
function pointwiseTrial(
  op: string,
  oracle: PointwiseOracle,
  types: readonly DType[],
  result: DType,
  attributes: Attributes,
): Trial {
  const rest = new Array<number>(Math.max(types.length - 2, 0)).fill(1);
  const pairs = NUMBERS.flatMap((a) => (types.length === 1 ? [[a]] : NUMBERS.map((b) => [a, b, ...rest])));
  const rows = pairs
    .map((row) => row.map((x, i) => (types[i] === 'bool' ? Number(x > 0) : Math.fround(x))))
    .filter((row) => !OPEN[op]?.(row));
  const operands = types.map((dtype, i): Operand => {
    const column = rows.map((row) => row[i]!);
    return dtype === 'bool' ? { dtype, dims: [rows.length], data: Uint8Array.from(column) } : float32(column);
  });
  const values = rows.map((row) => toType(oracle.of(row, attributes, types), result));
  const { tolerance } = oracle;
  return {
    op,
    operands,
    attributes,
    expected: [{ dtype: result, dims: [rows.length], values, tolerance, signedZero: true }],
  };
}

const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
/** Rows of one length. The third powers of their numbers are numbers. */
const ROWS = [
  [nan, 1, 2, -1], [3, 1, nan, nan], [nan, nan, nan, nan], [nan, inf, -inf, 0],
  [inf, 1, 2, 3], [1, -inf, 2, 3], [inf, -inf, 1, 0], [inf, inf, inf, inf], [-inf, -inf, -inf, -inf],
  [0, -0, 0, -0], [0, 0, 0, 0], [5, 5, 5, 5], [1e4, 1e4, 1e4, -1e4], [-1e4, -1e4, -1e4, -1e4], [1e10, -1e10, 1e10, 3],
  [1e-10, 1e-10, -1e-10, 1e-10],
]; // biome-ignore format: a table

describe('reductions', () => {
  it.each(Object.entries(REDUCTIONS))('%s', async (name, oracle) => {
    const trials = (oracle.attributes ?? [{}]).map((attributes) => reductionTrial(name, oracle, attributes));
    await expectTrials(trials);
  });
});

function reductionTrial(op: string, oracle: ReductionOracle, more: Attributes): Trial {
  const [rows, length] = [ROWS.length, ROWS[0]!.length];
  const byChannel = ['spatial', 'channel', 'groups'].includes(oracle.geometry);
  const shape = byChannel ? [rows, 1, length] : [rows, length];
  const factors = new Array<number>(oracle.geometry === 'trailing' ? length : 1).fill(1);
  const operands: Operand[] = [
    float32(ROWS.flat(), shape),
    ...(oracle.geometry === 'axes'
      ? [{ dtype: 'int64', dims: [1], data: BigInt64Array.of(1n), constant: true } as const]
      : []),
    ...Array.from({ length: oracle.operands ?? 0 }, (_, i) => float32(factors.map((one) => one - i))),
  ];
  const told: Readonly<Record<string, Attributes>> = {
    axes: { keepdims: 0 },
    place: { axis: 1, keepdims: 0 },
    along: { axis: 1 },
    trailing: { axis: 1 },
    groups: { num_groups: 1 },
  };
  const attributes: Attributes = { ...more, ...told[oracle.geometry] };
  const results = ROWS.map((row) => oracle.of(row.map(Math.fround), attributes, 'float32'));
  const dtype = oracle.result ?? 'float32';
  const whole = typeof results[0] !== 'number';
  const values = results.flat().map((value) => toType(value, dtype));
  const dims = whole ? shape : byChannel ? [rows, 1, 1] : [rows];
  const tolerance = (i: number) => oracle.tolerance(ROWS[whole ? Math.floor(i / length) : i]!);
  return { op, operands, attributes, expected: [{ dtype, dims, values, tolerance }] };
}
