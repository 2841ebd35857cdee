// The values behind bindings.

import type { Value } from '@trtx/ir';
import type { Slot } from '../slot.ts';

export function valuesIn(slot: Slot): Value[] {
  return slot.kind === 'value' || slot.kind === 'scratch' ? [slot.value] : [];
}
