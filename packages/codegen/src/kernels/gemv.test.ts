// Which kernel a product is given to without a measurement, by how many rows it has.

import { GraphBuilder } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { PORTABLE, type Target } from '../target.ts';
import { LARGE_WITH_MATRICES as LARGE } from '../testing/targets.ts';

/** The kernel that a product of [rows, k] with [n, k] takes. */
function kernelOf(rows: number, k: number, n: number, dtype: 'float16' | 'float32', target: Target): string {
  const b = new GraphBuilder('g');
  const [a, w] = [b.input('a', dtype, [rows, k]), b.input('w', dtype, [n, k])];
  b.output('y', b.op('Gemm', [a, w], { transB: 1 })[0]!);
  const { plan } = compile(b.graph, { target });
  const [dispatch] = plan.steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []));
  return dispatch!.label.split(' ')[0]!;
}

const SIZES = [
  ['the last layer of resnet50', 2048, 1000],
  ['the projections of gpt2', 768, 2304],
  ['the words of gpt2', 768, 50264],
  ['the projections of a small llama', 512, 512],
  ['a large square', 8192, 8192],
] as const;

describe.each(SIZES)('%s', (_, k, n) => {
  it.each(['float16', 'float32'] as const)('of one row and of four, in %s', (dtype) => {
    for (const target of [LARGE, PORTABLE])
      for (const rows of [1, 4]) {
        if (target === PORTABLE && 4 * k * n > PORTABLE.limits.maxBufferSize) continue;
        expect(kernelOf(rows, k, n, dtype, target)).toBe('gemm.gemv');
      }
  });

  it('of more rows is not read by vectors of a row', () => {
    expect(kernelOf(16, k, n, 'float16', LARGE)).toBe('gemm.matrix');
    expect(kernelOf(64, k, n, 'float32', LARGE)).toBe('gemm.staged');
  });

  it('is nothing for a software adapter', () => {
    expect(kernelOf(1, 64, 64, 'float32', { ...PORTABLE, software: true })).toBe('gemm.direct');
  });
});
