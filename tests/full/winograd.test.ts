// Convolutions by minimal filtering: every case that they apply to, with the tiles in turn.

import { PORTABLE } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { allCases } from '../kernels/cases/index.ts';
import { expectChosen } from '../kernels/chosen.ts';
import { testDevice } from '../support/chain.ts';

const { device } = await testDevice();
const { maxComputeWorkgroupStorageSize } = device.limits;
const target = { ...PORTABLE, limits: { ...PORTABLE.limits, maxComputeWorkgroupStorageSize } };
const cases = allCases.filter(({ name }) => name.startsWith('Conv:'));

describe('convolutions by minimal filtering', () => {
  const seen = new Set<string>();

  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    for (const number of [0, 1, 2, 3].map((turn) => 4 * i + 11 * turn))
      for (const way of await expectChosen(device, one, /^conv\.winograd$/, number, target)) seen.add(way);
  });

  it('have been run with every tile', () => {
    expect(seen.size).toBeGreaterThanOrEqual(30);
  });
});
