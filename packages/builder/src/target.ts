// The target of code generation, read off a device.

import { DEFAULT_LIMITS, type Target, type TargetLimits } from '@trtx/codegen';

/** What kernels may use on a device. `software` is the adapter's `info.isFallbackAdapter`. */
export function targetOf(device: Pick<GPUDevice, 'features' | 'limits'>, software: boolean): Target {
  const limits: Record<string, number> = {};
  for (const name of Object.keys(DEFAULT_LIMITS)) limits[name] = device.limits[name as keyof TargetLimits];
  return { features: new Set(device.features), limits: limits as unknown as TargetLimits, software };
}
