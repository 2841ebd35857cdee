// Products with weights that are codes in blocks: of every type and size of blocks, with zero points and without, in every way
// that the matrix can lie.

import type { DType, GraphBuilder, Value } from '@trtx/ir';
import { type Case, f32, ints, weights } from '../support.ts';

interface CodesSpec {
  readonly dtype: DType;
  readonly k: number;
  readonly n: number;
  /** Steps that share a scale; 0 for a scale for each column, absent for one in all. */
  readonly block?: number;
  readonly zeros?: boolean;
  /** The codes lie as [columns, steps]. */
  readonly turned?: boolean;
  /** Scales and rows are small whole numbers. */
  readonly exact?: boolean;
}

/** Between which numbers codes are. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int4: [-8, 8],
  uint4: [0, 16],
  int8: [-128, 128],
  uint8: [0, 256],
  float4e2m1: [-7, 7],
};

/** The matrix [k, n], or [n, k], as numbers. */
function codes(b: GraphBuilder, { dtype, k, n, block, zeros, turned, exact }: CodesSpec): Value {
  const [low, high] = RANGES[dtype]!;
  const axis = turned ? 1 : 0;
  const blocks = block ? Math.ceil(k / block) : 1;
  const own = block === undefined ? [] : block === 0 ? [n] : turned ? [n, blocks] : [blocks, n];
  const count = own.reduce((all, dim) => all * dim, 1);
  const whole = Array.from({ length: count }, (_, i) => 1 + ((i * 5) % 7));
  const constant = weights(b, turned ? [n, k] : [k, n], { dtype, low, high, seed: 7 });
  const scales = exact ? b.constant('float32', own, whole) : weights(b, own, { low: 0.05, high: 0.3 });
  const points = zeros ? weights(b, own, { dtype, low, high, seed: 9 }) : null;
  const attributes = block === undefined ? {} : { axis: block === 0 ? 1 - axis : axis, block_size: block };
  return b.DequantizeLinear(constant, scales, points, attributes);
}

function product(rows: readonly (number | string)[], spec: CodesSpec, more: Partial<Case> = {}): Case {
  const { dtype, k, n, block, zeros, turned, exact } = spec;
  const blocks = block === undefined ? 'one scale' : block === 0 ? 'a scale a column' : `blocks of ${block}`;
  const told = [`${rows.join('×')}×${k}×${n}`, dtype, blocks, zeros && 'zero points', turned && 'turned'];
  return {
    name: `MatMul: codes, ${told.filter(Boolean).join(', ')}`,
    inputs: [exact ? { dtype: 'int32', dims: [...rows, k], low: -4, high: 5 } : f32(...rows, k)],
    build(b, x) {
      const w = codes(b, spec);
      const a = exact ? b.Cast(x!, { to: 'float32' }) : x!;
      return b.MatMul(a, turned ? b.Transpose(w, { perm: [1, 0] }) : w);
    },
    ...more,
  };
}

/** Of few rows. */
export const blockCases: readonly Case[] = [
  product([1], { dtype: 'int4', k: 128, n: 24, block: 32 }),
  product([1], { dtype: 'uint4', k: 128, n: 24, block: 64, zeros: true, turned: true }),
  product([2], { dtype: 'int4', k: 160, n: 9, block: 16, zeros: true }),
  product([3], { dtype: 'uint4', k: 200, n: 17, block: 24, turned: true }),
  product([1, 4], { dtype: 'int4', k: 77, n: 5, block: 32, turned: true }),
  product([1], { dtype: 'int8', k: 128, n: 24, block: 32 }),
  product([2], { dtype: 'uint8', k: 100, n: 7, block: 16, zeros: true }),
  product([1], { dtype: 'int8', k: 300, n: 12, block: 256, zeros: true, turned: true }),
  product([8], { dtype: 'int4', k: 272, n: 16, block: 128 }),
  product([1], { dtype: 'float4e2m1', k: 96, n: 10, block: 32 }),
  product([5], { dtype: 'float4e2m1', k: 70, n: 21, block: 16, turned: true }),
  product([1], { dtype: 'int4', k: 96, n: 20, block: 0, turned: true }),
  product([2], { dtype: 'int8', k: 40, n: 33, block: 0, zeros: true }),
  product([2], { dtype: 'uint8', k: 64, n: 8, zeros: true }),
  product([1], { dtype: 'int4', k: 90, n: 11, block: 33 }),
  product([2], { dtype: 'uint4', k: 16, n: 4, block: 64, zeros: true }),
  product(
    ['N'],
    { dtype: 'int4', k: 64, n: 12, block: 32 },
    { symbols: { N: { min: 0, max: 8 } }, runs: [{ N: 8 }, { N: 1 }, { N: 0 }] },
  ),
  {
    name: 'Gemm: codes, transposed, factors, a bias, of fewer steps than codes',
    inputs: [f32(4, 45)],
    build(b, x) {
      const w = codes(b, { dtype: 'uint4', k: 64, n: 18, block: 16, zeros: true, turned: true });
      const own = b.Slice(w, ints(b, 0), ints(b, 45), ints(b, 1));
      const [y] = b.op('Gemm', [x!, own, weights(b, [18])], { transB: 1, alpha: 0.5, beta: -2 });
      return b.Relu(y!);
    },
  },
  {
    name: 'MatMul: codes that two products and a look-up read',
    inputs: [f32(2, 32), { dtype: 'int64', dims: [3], low: 0, high: 20 }],
    build(b, x, rows) {
      const w = codes(b, { dtype: 'int4', k: 32, n: 20, block: 16, turned: true });
      const turned = b.Transpose(w, { perm: [1, 0] });
      return [b.MatMul(x!, turned), b.Gather(w, rows!, { axis: 0 }), b.Relu(b.MatMul(x!, turned))];
    },
  },
];

/** Of more rows, for kernels through workgroup memory. */
export const blockTileCases: readonly Case[] = [
  product([70], { dtype: 'int4', k: 96, n: 68, block: 32 }),
  product([33], { dtype: 'uint4', k: 72, n: 50, block: 16, zeros: true, turned: true }),
  product([40], { dtype: 'int8', k: 64, n: 48, block: 32, zeros: true }),
  product([20], { dtype: 'float4e2m1', k: 64, n: 40, block: 16 }),
  product([17], { dtype: 'int8', k: 50, n: 20, block: 0 }),
  product([24], { dtype: 'uint8', k: 50, n: 36, block: 20, turned: true }),
];

/** Whose sums are whole numbers that float32 has. */
export const exactCases: readonly Case[] = [16, 24, 32, 48, 64, 128, 256].flatMap((block, b) =>
  (['int4', 'uint4', 'int8', 'uint8', 'float4e2m1'] as const).map((dtype, i) => {
    const zeros = dtype !== 'float4e2m1' && (b + i) % 2 === 0;
    return product([1 + ((b + i) % 4)], {
      dtype,
      k: block + 40,
      n: 13,
      block,
      zeros,
      turned: i % 2 === 0,
      exact: true,
    });
  }),
);
