// What an engine is built for, and what it runs on.

import { targetOf } from '@trtx/builder';
import { PORTABLE, type Target } from '@trtx/codegen';
import { TrtxError } from '@trtx/errors';
import { type NodeDevice, requestNodeDevice } from '@trtx/runtime/node';

export interface BuildTarget {
  readonly target: Target;
  readonly description: string;
}

/** The adapter at hand: a real one, else a software one; what every WebGPU device has if there is none, or if `portable`. */
export async function buildTarget(portable: boolean): Promise<BuildTarget> {
  if (portable) return { target: PORTABLE, description: 'portable (the WebGPU defaults)' };
  const gpu = await requestNodeDevice();
  if (!gpu) return { target: PORTABLE, description: 'portable (the WebGPU defaults: this machine has no adapter)' };
  const target = targetOf(gpu.device, gpu.isFallback);
  gpu.release();
  return { target, description: describeDevice(gpu) };
}

/** @throws TrtxError NO_ADAPTER */
export async function openDevice(): Promise<NodeDevice> {
  const gpu = await requestNodeDevice();
  if (gpu) return gpu;
  throw new TrtxError('NO_ADAPTER', 'this machine has no WebGPU adapter', {
    hint: 'Install a GPU driver, or check the model by `trtx verify --backend reference`.',
  });
}

export function describeDevice({ description, isFallback }: NodeDevice): string {
  return isFallback ? `${description} (software)` : description;
}
