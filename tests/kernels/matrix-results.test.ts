// Contractions and attention on subgroup matrices give what the reference gives, the matrices emulated: on adapters with
// float16 and subgroups. On a GPU that has them, `tests/gpu/verify.ts` checks the shaders as they are.

import type { Tactic } from '@trtx/codegen';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { allCases } from './cases/index.ts';
import { withEmulatedMatrices } from './emulated-matrices.ts';
import { expectMatrix, halfCase, MATRIX_TARGET } from './matrix.ts';

const { device } = await testDevice();
const needs = ['shader-f16', 'subgroups'];
const { subgroupMinSize = 0 } = device.adapterInfo;
const { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup } = device.limits;
const target = {
  ...MATRIX_TARGET,
  limits: { ...MATRIX_TARGET.limits, maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup },
};
/**
 * Few fragments: each product of two is written out, and compiled for long. In attention eight invocations share a line of
 * 64 keys, which subgroups of eight can.
 */
const isSmall = ({ params }: Tactic): boolean => {
  const { m, n, k, split, queries, keys } = params as Record<string, number>;
  return queries === undefined ? m! * n! <= 1024 && k! / split! <= 32 : queries <= 32 && keys! <= 64;
};
const options = { adapt: withEmulatedMatrices, isWanted: isSmall };
const cases = allCases.flatMap((one) => halfCase(one) ?? []);

const isAble = subgroupMinSize >= 8 && needs.every((name) => device.features.has(name));

describe.runIf(isAble)('on emulated subgroup matrices', () => {
  const seen = new Set<string>();

  it.each(cases.map((one, i) => [one.name, one, i] as const))('%s', async (_, one, i) => {
    for (const tile of await expectMatrix(device, one, i, target, options)) seen.add(tile);
  });

  it('most tiles were met, and sums in parts', () => {
    expect(seen.size).toBeGreaterThanOrEqual(8);
    expect([...seen].filter((label) => / parts=[2-9]/.test(label)).length).toBeGreaterThanOrEqual(2);
  });
});
