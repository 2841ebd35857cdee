// Contractions and attention through workgroup memory: every case that one applies to, with the tiles in turn.

import { PORTABLE } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { allCases } from '../kernels/cases/index.ts';
import { expectChosen } from '../kernels/chosen.ts';
import { expectStaged } from '../kernels/staged.ts';
import { inType } from '../kernels/support.ts';
import { testDevice } from '../support/chain.ts';

const cases = allCases.filter(({ name }) => /^(MatMul|Gemm|Conv|ConvTranspose|Attention):/.test(name));

describe('staged contractions', () => {
  const seen = new Set<string>();

  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    for (const tile of await expectStaged((await testDevice()).device, one, i)) seen.add(tile);
  });

  it('have been run with every tile', () => {
    expect(seen.size).toBeGreaterThanOrEqual(20);
  });
});

// Transposed convolutions have no other kernel for float16 on a GPU than for float32.
const halves = cases
  .filter(({ name }) => name.startsWith('ConvTranspose:'))
  .flatMap((one) => inType(one, 'float16') ?? []);

describe('staged transposed convolutions', () => {
  it.each(halves.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    const { device } = await testDevice();
    const tolerance = { relative: 2e-3, absolute: 2e-3 };
    await expectChosen(device, one, /^conv-transpose\.staged$/, 3 * i, PORTABLE, tolerance);
  });
});
