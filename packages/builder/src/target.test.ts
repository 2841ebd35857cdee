import { expect, it } from 'vitest';
import { type DescribedDevice, targetOf } from './target.ts';

const device = (features: readonly string[]): DescribedDevice => ({
  features: new Set(features),
  limits: { maxBufferSize: 2 ** 30, maxStorageBuffersPerShaderStage: 10 } as GPUSupportedLimits,
  adapterInfo: {
    subgroupMinSize: 8,
    subgroupMaxSize: 32,
    subgroupMatrixConfigs: [{ componentType: 'f16', resultComponentType: 'f32', M: 16, N: 8, K: 4 }],
  },
});

it('tells of subgroups and their matrices where the device has the features', () => {
  expect(targetOf(device([]), true)).toMatchObject({ software: true, matrices: [] });
  expect(targetOf(device([]), true).subgroups).toBeUndefined();
  const { subgroups, matrices, limits } = targetOf(
    device(['subgroups', 'chromium-experimental-subgroup-matrix']),
    false,
  );
  expect(subgroups).toEqual({ min: 8, max: 32 });
  expect(matrices).toEqual([{ m: 16, n: 8, k: 4, operand: 'f16', result: 'f32' }]);
  expect(limits).toMatchObject({ maxBufferSize: 2 ** 30, maxStorageBuffersPerShaderStage: 10 });
});

it('does without a description of the adapter', () => {
  const { adapterInfo, ...plain } = device(['subgroups', 'chromium-experimental-subgroup-matrix']);
  expect(targetOf(plain, false).matrices).toEqual([]);
  expect(targetOf(plain, false).subgroups).toBeUndefined();
  expect([targetOf(plain, false), targetOf(plain, false, true)].map(({ unchecked }) => unchecked)).toEqual([
    undefined,
    true,
  ]);
});
