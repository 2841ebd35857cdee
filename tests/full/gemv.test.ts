// Products of few rows, and attention of few queries: every case that has one, in both types of floats and in its ways in turn.

import { targetOf } from '@trtx/builder';
import { PORTABLE } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { allCases } from '../kernels/cases/index.ts';
import { expectChosen } from '../kernels/chosen.ts';
import { inType } from '../kernels/support.ts';
import { testDevice } from '../support/chain.ts';

const { device } = await testDevice();
const target = targetOf(device, false);
const cases = allCases.filter(({ name }) => /^(MatMul|Gemm|Attention):/.test(name));

const FEW = /\.(gemv|gemv-blocks|split)$/;

describe('of few rows', () => {
  const seen = new Set<string>();

  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    const half = inType(one, 'float16');
    for (const turn of [0, 1]) {
      const [own, number] = [turn % 2 === 0 ? target : PORTABLE, 7 * i + 5 * turn];
      for (const way of await expectChosen(device, one, FEW, number, own)) seen.add(way);
      if (half) await expectChosen(device, half, FEW, number + 1, own, { relative: 2e-3, absolute: 2e-3 });
    }
  });

  it('have been run in many ways', () => {
    expect(seen.size).toBeGreaterThanOrEqual(15);
  });
});
