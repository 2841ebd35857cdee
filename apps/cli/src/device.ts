// What an engine is built for.

import { targetOf } from '@trtx/builder';
import { openBackend } from '@trtx/builder/node';
import { PORTABLE, type Target } from '@trtx/codegen';
import type { Logger } from '@trtx/errors';
import type { DeviceFeatures } from '@trtx/runtime/node';

export interface BuildTarget {
  readonly target: Target;
  /** To be printed. */
  readonly description: string;
}

/** The adapter at hand: a real one, else a software one; what every WebGPU device has if there is none, or if `portable`. */
export async function buildTarget(features: DeviceFeatures, portable: boolean, logger: Logger): Promise<BuildTarget> {
  if (portable) return { target: PORTABLE, description: 'portable (the WebGPU defaults)' };
  const { gpu, description, release } = await openBackend(undefined, { features, logger });
  if (!gpu) return { target: PORTABLE, description: 'portable (the WebGPU defaults: this machine has no adapter)' };
  const target = targetOf(gpu.device, gpu.isFallback);
  release();
  return { target, description };
}
