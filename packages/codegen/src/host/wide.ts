// Groups whose tensors take more bindings than a dispatch has. Kernels may read several tensors through one binding, so that
// it is known once a shader is written.

import type { Emitted } from '../emitted.ts';
import type { Target } from '../target.ts';

/** Why the host has to compute the group's first node, if it has to. */
export function wideReason({ stages }: Emitted, { limits }: Target): string | undefined {
  const most = limits.maxStorageBuffersPerShaderStage;
  const count = Math.max(...stages.map(({ emitter }) => emitter.slots.length));
  return count > most ? `its tensors take ${count} bindings, and the device has ${most} for a dispatch` : undefined;
}
