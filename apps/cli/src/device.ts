// What an engine is built for.

import { targetOf } from '@trtx/builder';
import { openBackend } from '@trtx/builder/node';
import { PORTABLE, type Target } from '@trtx/codegen';
import type { Logger } from '@trtx/errors';
import type { DeviceFeatures, NodeDevice } from '@trtx/runtime/node';
import { mayUncheck } from './device-features.ts';

/** Dawn rounds timers, which protects web pages from each other, unless it is told not to. */
export const EXACT_TIMER = 'disable-dawn-features=timestamp_quantization';

export interface BuildTarget {
  readonly target: Target;
  /** To be printed. */
  readonly description: string;
  /** The adapter at hand, be the engine for any or for this one; absent where there is none, or nobody asks for it. */
  readonly gpu?: NodeDevice;
  release(): void;
}

/**
 * The adapter at hand: a real one, else a software one; what every WebGPU device has if there is none, or if `portable`.
 *
 * @param timed whether the adapter is to time something, or what it took before is asked for
 */
export async function buildTarget(
  features: DeviceFeatures,
  { portable, timed }: { readonly portable: boolean; readonly timed: boolean },
  logger: Logger,
): Promise<BuildTarget> {
  const portableText = 'portable (the WebGPU defaults)';
  if (portable && !timed) return { target: PORTABLE, description: portableText, release() {} };
  const flags = timed ? [EXACT_TIMER] : [];
  const unchecked = !portable && mayUncheck({ deviceFeatures: features });
  const { gpu, description, release } = await openBackend(undefined, { features, unchecked, logger, flags });
  if (!gpu)
    return {
      target: PORTABLE,
      description: 'portable (the WebGPU defaults: this machine has no adapter)',
      release() {},
    };
  const target = portable ? PORTABLE : targetOf(gpu.device, gpu.isFallback, gpu.isUnchecked);
  return { target, description: portable ? `${portableText}, timed on ${description}` : description, gpu, release };
}
