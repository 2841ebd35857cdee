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
  let number = 0;

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    for (let turn = 0; turn < 5; turn++)
      for (const way of await expectChosen(device, one, /^conv\.winograd$/, number, target)) {
        seen.add(way.replace(' channels-last', ''));
        number++;
      }
  });

  it('have been run with every tile', () => {
    expect(seen.size).toBeGreaterThanOrEqual(40);
  });
});
