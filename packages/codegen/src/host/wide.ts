// Groups whose tensors take more bindings than a dispatch has. Kernels may read several tensors through one binding, so that
// it is known once a shader is written.

import { storageBytes } from '@trtx/engine';
import type { Emitted } from '../emitted.ts';
import { requireBuffer } from '../memory/parts.ts';
import { mostElements } from '../memory/sizes.ts';
import type { Target } from '../target.ts';

/**
 * Why the host has to compute the group's first node, if it has to.
 * @throws TrtxError TENSOR_TOO_LARGE for a tensor that no buffer holds, which is no matter for the host either
 */
export function wideReason({ emitter: { slots, storages } }: Emitted, { limits }: Target): string | undefined {
  const most = limits.maxStorageBuffersPerShaderStage;
  if (slots.length <= most) return undefined;
  for (const slot of slots)
    if (slot.kind === 'value' && !slot.value.constant)
      requireBuffer(slot.value, storageBytes(storages(slot.value), mostElements(slot.value)), limits);
  return `its tensors take ${slots.length} bindings, and the device has ${most} for a dispatch`;
}
