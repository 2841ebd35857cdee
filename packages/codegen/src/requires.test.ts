import { expect, it } from 'vitest';
import type { Launch } from './kernel.ts';
import { type Launched, requirementsOf } from './requires.ts';
import type { ShaderFeature } from './wgsl/shader.ts';

const launch = (more: Partial<Launch>, ...features: ShaderFeature[]): Launched => ({
  launch: { workgroupSize: 64, workgroups: 1, ...more },
  emitter: { shader: { features: new Set(features) } },
});

it('asks for nothing that every device has', () => {
  const usual = launch({ workgroupSize: 256, workgroupBytes: 16384 });
  expect(requirementsOf([usual, launch({})])).toEqual({ features: [], limits: {} });
});

it('asks for the most of what shaders use, and for sizes of subgroups that all are right for', () => {
  const half = { m: 16, n: 8, k: 16, operand: 'f16', result: 'f32' } as const;
  const launches = [
    launch({ subgroups: { min: 4, max: 32 }, workgroupBytes: 32768 }, 'subgroups'),
    launch({ subgroups: { min: 8, max: 64 }, workgroupSize: 512 }, 'shader-f16', 'subgroups'),
    launch({ matrices: [half, { ...half, result: 'f16' }] }, 'chromium-experimental-subgroup-matrix'),
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
