// What the shaders of a plan need of a device.

import { matrixName, type Requirements } from '@trtx/engine';
import type { Launch } from './kernel.ts';
import { DEFAULT_LIMITS } from './target.ts';

/** Features, limits past WebGPU's defaults, sizes of subgroups and subgroup matrices that shaders need together. */
export function requirementsOf(launches: readonly Launch[]): Requirements {
  const limits: Record<string, number> = {};
  const least = (name: string, value: number) => {
    limits[name] = Math.max(value, limits[name] ?? 0);
  };
  const beyond = (name: 'maxComputeInvocationsPerWorkgroup' | 'maxComputeWorkgroupStorageSize', value: number) => {
    if (value > DEFAULT_LIMITS[name]) least(name, value);
  };
  for (const { workgroupSize, workgroupBytes = 0, subgroups } of launches) {
    beyond('maxComputeInvocationsPerWorkgroup', workgroupSize);
    beyond('maxComputeWorkgroupStorageSize', workgroupBytes);
    if (!subgroups) continue;
    least('subgroupMinSize', subgroups.min);
    limits.subgroupMaxSize = Math.min(subgroups.max, limits.subgroupMaxSize ?? subgroups.max);
  }
  const features = [...new Set(launches.flatMap(({ features = [] }) => features))].sort();
  const names = launches.flatMap(({ matrices = [] }) =>
    matrices.map(({ operand, result, m, n, k }) => matrixName(operand, result, m, n, k)),
  );
  return { features, limits, ...(names.length > 0 ? { matrices: [...new Set(names)].sort() } : {}) };
}
