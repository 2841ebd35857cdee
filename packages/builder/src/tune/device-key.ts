// Which device times hold for.

import type { Target } from '@trtx/codegen';

/** All that tells devices apart, as far as WebGPU lets it be known. In browsers some of it is empty. */
export interface DeviceKey {
  readonly vendor: string;
  readonly architecture: string;
  /** The name of the adapter. */
  readonly device: string;
  /** With Dawn in Node, the driver and its version. */
  readonly description: string;
  /** What implements WebGPU, with its version: `webgpu 0.6.2`, `Chrome 140`; empty where that is not known. */
  readonly implementation: string;
  /** The WebGPU features that compute shaders can use, and whether accesses are unchecked, in alphabetical order. */
  readonly features: readonly string[];
}

/** Others say nothing about kernels, and come and go with what else a device is for: textures, timestamps. */
const OF_SHADERS = /f16|subgroup|immediate/;

const UNCHECKED = 'unchecked accesses';

/**
 * The key of a device.
 *
 * @param target what is built for, which may be less than the device offers
 * @param implementation as `DeviceKey.implementation`
 */
export function deviceKey(
  { adapterInfo }: Pick<GPUDevice, 'adapterInfo'>,
  { features, unchecked }: Target,
  implementation = '',
): DeviceKey {
  const { vendor = '', architecture = '', device = '', description = '' } = adapterInfo ?? {};
  const used = [...features].filter((feature) => OF_SHADERS.test(feature));
  // What is checked takes longer.
  if (unchecked) used.push(UNCHECKED);
  used.sort();
  return { vendor, architecture, device, description, implementation, features: used };
}
