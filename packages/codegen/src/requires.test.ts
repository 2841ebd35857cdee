import { expect, it } from 'vitest';
import type { Launch } from './kernel.ts';
import { requirementsOf } from './requires.ts';

const launch = (more: Partial<Launch>): Launch => ({ workgroupSize: 64, workgroups: 1, ...more });

it('asks for nothing that every device has', () => {
  const usual = launch({ workgroupSize: 256, workgroupBytes: 16384 });
  expect(requirementsOf([usual, launch({})])).toEqual({ features: [], limits: {} });
});

it('asks for the most of what shaders use, and for sizes of subgroups that all are right for', () => {
  const half = { m: 16, n: 8, k: 16, operand: 'f16', result: 'f32' } as const;
  const launches = [
    launch({ features: ['subgroups'], subgroups: { min: 4, max: 32 }, workgroupBytes: 32768 }),
    launch({ features: ['shader-f16', 'subgroups'], subgroups: { min: 8, max: 64 }, workgroupSize: 512 }),
    launch({ features: ['chromium-experimental-subgroup-matrix'], matrices: [half, { ...half, result: 'f16' }] }),
    launch({ matrices: [half] }),
  ];
  expect(requirementsOf(launches)).toEqual({
    features: ['chromium-experimental-subgroup-matrix', 'shader-f16', 'subgroups'],
    limits: {
      maxComputeInvocationsPerWorkgroup: 512,
      maxComputeWorkgroupStorageSize: 32768,
      subgroupMinSize: 8,
      subgroupMaxSize: 32,
    },
    matrices: [
      { componentType: 'f16', resultComponentType: 'f32', M: 16, N: 8, K: 16 },
      { componentType: 'f16', resultComponentType: 'f16', M: 16, N: 8, K: 16 },
    ],
  });
});
