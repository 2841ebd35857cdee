// Groups whose tensors take more bindings than a dispatch has. Kernels may read several tensors through one binding, so that
// it is known once a shader is written.

import type { Emitted } from '../emitted.ts';
import type { Target } from '../target.ts';

/** Why the host has to compute the group's first node, if it has to. */
export function wideReason({ emitter: { slots } }: Emitted, { limits }: Target): string | undefined {
  const most = limits.maxStorageBuffersPerShaderStage;
  return slots.length > most
    ? `its tensors take ${slots.length} bindings, and the device has ${most} for a dispatch`
    : undefined;
}
