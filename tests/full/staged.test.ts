// Contractions and attention through workgroup memory: every case that one applies to, with the tiles in turn.

import { describe, expect, it } from 'vitest';
import { allCases } from '../kernels/cases/index.ts';
import { expectStaged } from '../kernels/staged.ts';
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
