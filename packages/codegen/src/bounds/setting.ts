// How an emitted shader is started, and on what memory, as far as its bounds are concerned.

import { storageBytes } from '@trtx/engine';
import { bounds, product } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import { partBytes } from '../memory/parts.ts';
import type { Slot } from '../slot.ts';
import { storedSize } from '../storage.ts';
import { ELEMENT_BYTES } from '../wgsl/shader.ts';
import type { Setting } from './evaluator.ts';

/** WebGPU's least maximum of workgroups along a dimension: more of them lie in a rectangle, which has some to spare. */
const ALONG = 65535;

export function settingOf(emitter: Emitter, { workgroupSize, workgroups }: Launch): Setting {
  const { bindings, params } = emitter.shader;
  const most = bounds(workgroups).max;
  return {
    workgroupSize,
    lastWorkgroup: Math.max(most + Math.ceil(most / ALONG) - 2, 0),
    lengths: new Map(
      bindings.map(({ name, element }, i) => [
        name,
        Math.floor(leastBytes(emitter, emitter.slots[i]!) / ELEMENT_BYTES[element]),
      ]),
    ),
    sizes: params.map(bounds),
  };
}

/** Bytes that are bound at the least, whatever the shapes. */
function leastBytes({ storages, target }: Emitter, slot: Slot): number {
  if (slot.kind === 'status') return ELEMENT_BYTES['atomic<u32>'];
  const all =
    slot.kind === 'packed' ? slot.packed.size : slot.value.constant ? storedSize(slot.value.constant) : undefined;
  const each = partBytes(target.limits);
  if (all === undefined) {
    const { value } = slot as Slot & { readonly kind: 'value' | 'scratch' };
    const bytes = storageBytes(storages(value), Math.max(bounds(product(value.type.shape)).min, 0));
    return slot.parts === 1 ? Math.max(bytes, 4) : Math.min(Math.max(bytes - slot.part * each, 0), each);
  }
  return slot.part < slot.parts - 1 ? each : all - slot.part * each;
}
