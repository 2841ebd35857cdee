// The target of code generation, read off a device.

import { DEFAULT_LIMITS, type SubgroupMatrix, type Target, type TargetLimits } from '@trtx/codegen';
import type { SubgroupInfo } from '@trtx/runtime';

/** What a device tells of itself. */
export type DescribedDevice = Pick<GPUDevice, 'features' | 'limits'> & { readonly adapterInfo?: SubgroupInfo };

/**
 * What kernels may use on a device.
 *
 * @param software the adapter's `info.isFallbackAdapter`
 * @param unchecked whether the device leaves out its checks of accesses (`NodeDevice.isUnchecked` of @trtx/runtime/node)
 */
export function targetOf(
  { features, limits, adapterInfo = {} }: DescribedDevice,
  software: boolean,
  unchecked = false,
): Target {
  const own: Record<string, number> = {};
  for (const name of Object.keys(DEFAULT_LIMITS)) own[name] = limits[name as keyof TargetLimits];
  const { subgroupMinSize: min, subgroupMaxSize: max } = adapterInfo;
  return {
    features: new Set(features),
    limits: own as unknown as TargetLimits,
    software,
    ...(features.has('subgroups') && min && max ? { subgroups: { min, max } } : {}),
    matrices: features.has('chromium-experimental-subgroup-matrix') ? matricesOf(adapterInfo) : [],
    ...(unchecked ? { unchecked } : {}),
  };
}

function matricesOf({ subgroupMatrixConfigs = [] }: SubgroupInfo): SubgroupMatrix[] {
  return subgroupMatrixConfigs.map(({ componentType, resultComponentType, M, N, K }) => ({
    m: M,
    n: N,
    k: K,
    operand: componentType as SubgroupMatrix['operand'],
    result: resultComponentType as SubgroupMatrix['result'],
  }));
}
