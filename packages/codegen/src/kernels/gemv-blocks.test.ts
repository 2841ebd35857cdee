// Which kernel a product with codes in blocks is given to without a measurement, by how many rows it has.

import { arrayType, constantFrom, constantOf, type DType, GraphBuilder } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { PORTABLE, type Target } from '../target.ts';
import { LARGE_WITH_MATRICES as LARGE } from '../testing/targets.ts';

interface Options {
  readonly type?: DType;
  readonly block?: number;
  readonly dtype?: 'float32' | 'float16';
  /** Along which axis blocks lie, of [k, n]. */
  readonly axis?: 0 | 1;
}

/** The kernels that a product of [rows, k] with [k, n] takes, and the bytes of its constants. */
function made(rows: number, [k, n]: readonly [number, number], target: Target, options: Options = {}) {
  const { type = 'int4', block = 32, dtype = 'float16', axis = 0 } = options;
  const b = new GraphBuilder('g');
  const x = b.input('x', dtype, [rows, k]);
  const codes = b.graph.addConstant(constantOf(type, [k, n], new (arrayType(type))(k * n)), 'codes');
  const dims = axis === 0 ? [Math.ceil(k / block), n] : [k, Math.ceil(n / block)];
  const scales = b.graph.addConstant(constantFrom(dtype, dims, new Array(dims[0]! * dims[1]!).fill(1)), 'scales');
  b.output('y', b.MatMul(x, b.DequantizeLinear(codes, scales, { axis, block_size: block })));
  const { plan } = compile(b.graph, { target });
  const dispatches = plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []));
  const bytes = plan.blobs.reduce((sum, blob) => sum + blob.bytes, 0);
  return { kernels: dispatches.map(({ label }) => label.split(' ')[0]!), bytes };
}

const SIZES = [
  ['a layer of bert', [768, 3072]],
  ['the projections of a llama', [2048, 2048]],
  ['a large square', [4096, 4096]],
] as const;

describe.each(SIZES)('%s', (_, size) => {
  it.each(['int4', 'uint8', 'float4e2m1'] as const)('of %s', (type) => {
    for (const rows of [1, 4]) {
      expect(made(rows, size, LARGE, { type }).kernels).toEqual(['matmul.gemv-blocks']);
      expect(made(rows, size, PORTABLE, { type, dtype: 'float32' }).kernels).toEqual(['matmul.gemv-blocks']);
    }
    expect(made(64, size, LARGE, { type }).kernels[0]).toBe('matmul.matrix');
    expect(made(64, size, PORTABLE, { type, dtype: 'float32' }).kernels[0]).toBe('matmul.staged');
    const software = { ...PORTABLE, software: true };
    expect(made(1, size, software, { type, dtype: 'float32' }).kernels).toEqual(['matmul.direct']);
  });
});

it('takes codes and scales, whatever kernel reads them', () => {
  const [k, n] = [768, 3072];
  for (const rows of [1, 128]) expect(made(rows, [k, n], LARGE).bytes).toBe(k * n * (1 / 2 + 2 / 32));
});

it('takes numbers where scales are not of whole blocks of the sum', () => {
  expect(made(1, [64, 64], LARGE, { axis: 1 }).kernels).toEqual(['map', 'matmul.gemv']);
  // In blocks that are no multiple of eight, codes are read all the same.
  expect(made(1, [66, 64], LARGE, { block: 33 }).kernels.length).toBe(1);
});
