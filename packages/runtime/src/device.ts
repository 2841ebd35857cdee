// What to ask an adapter for: engines are built for what a device has, and WebGPU gives a device no more than is asked.

import type { PlanMatrix } from '@trtx/engine';

/** What an adapter tells of its subgroups; each is there where the adapter has it. */
export interface SubgroupInfo {
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
  /** Products of matrices that a subgroup computes together, as Chromium's experimental feature lists them. */
  readonly subgroupMatrixConfigs?: readonly PlanMatrix[];
}

/** Features that kernels may be built for. */
const FEATURES: readonly string[] = [
  'shader-f16',
  'subgroups',
  'timestamp-query',
  'chromium-experimental-timestamp-query-inside-passes',
  'chromium-experimental-subgroup-matrix',
];

/**
 * A descriptor for `adapter.requestDevice` that asks for all limits of the adapter, and for those of its features that
 * engines can use.
 */
export function deviceDescriptor(adapter: GPUAdapter): GPUDeviceDescriptor {
  const requiredLimits: Record<string, number> = {};
  // The names are getters of the prototype, which is why Object.keys does not see them.
  for (const name in adapter.limits) {
    const value = adapter.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') requiredLimits[name] = value;
  }
  return {
    requiredLimits,
    requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)) as GPUFeatureName[],
  };
}
