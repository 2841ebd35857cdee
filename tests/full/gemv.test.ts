// Products of few rows: every case that has one, in both types of floats and in its ways in turn.

import { targetOf } from '@trtx/builder';
import { PORTABLE } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { allCases } from '../kernels/cases/index.ts';
import { expectGemv } from '../kernels/gemv.ts';
import { inType } from '../kernels/support.ts';
import { testDevice } from '../support/chain.ts';

const { device } = await testDevice();
const target = targetOf(device, false);
const cases = allCases.filter(({ name }) => /^(MatMul|Gemm):/.test(name));

describe('products of few rows', () => {
  const seen = new Set<string>();

  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    const half = inType(one, 'float16');
    for (const turn of [0, 1]) {
      const [own, number] = [turn % 2 === 0 ? target : PORTABLE, 7 * i + 5 * turn];
      for (const way of await expectGemv(device, one, number, own)) seen.add(way);
      if (half) await expectGemv(device, half, number + 1, own, { relative: 2e-3, absolute: 2e-3 });
    }
  });

  it('have been run in many ways', () => {
    expect(seen.size).toBeGreaterThanOrEqual(15);
  });
});
