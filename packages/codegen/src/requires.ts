// What the shaders of a plan need of a device.

import type { PlanMatrix, Requirements } from '@trtx/engine';
import type { Launch } from './kernel.ts';
import { DEFAULT_LIMITS, type SubgroupMatrix } from './target.ts';
import type { Shader } from './wgsl/shader.ts';

/** A shader that asks for features, and how it is started. */
export interface Launched {
  readonly launch: Launch;
  readonly emitter: { readonly shader: Pick<Shader, 'features'> };
}

/** Features, limits past WebGPU's defaults, sizes of subgroups and subgroup matrices that shaders need together. */
export function requirementsOf(launched: readonly Launched[]): Requirements {
  const limits: Record<string, number> = {};
  const least = (name: string, value: number) => {
    limits[name] = Math.max(value, limits[name] ?? 0);
  };
  const beyond = (name: 'maxComputeInvocationsPerWorkgroup' | 'maxComputeWorkgroupStorageSize', value: number) => {
    if (value > DEFAULT_LIMITS[name]) least(name, value);
  };
  for (const { launch } of launched) {
    const { workgroupSize, workgroupBytes = 0, subgroups } = launch;
    beyond('maxComputeInvocationsPerWorkgroup', workgroupSize);
    beyond('maxComputeWorkgroupStorageSize', workgroupBytes);
    if (!subgroups) continue;
    least('subgroupMinSize', subgroups.min);
    limits.subgroupMaxSize = Math.min(subgroups.max, limits.subgroupMaxSize ?? subgroups.max);
  }
  const features = [...new Set(launched.flatMap(({ emitter }) => [...emitter.shader.features]))].sort();
  const matrices = new Map<string, PlanMatrix>();
  for (const matrix of launched.flatMap(({ launch: { matrices = [] } }) => matrices.map(planMatrix)))
    matrices.set(JSON.stringify(matrix), matrix);
  return { features, limits, ...(matrices.size > 0 ? { matrices: [...matrices.values()] } : {}) };
}

function planMatrix({ m, n, k, operand, result }: SubgroupMatrix): PlanMatrix {
  return { componentType: operand, resultComponentType: result, M: m, N: n, K: k };
}
