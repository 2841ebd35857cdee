// How an emitted shader is started, and on what memory, as far as its bounds are concerned.

import { storageBytes } from '@trtx/engine';
import { bounds, product } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import { partBytes } from '../memory/parts.ts';
import type { Slot } from '../slot.ts';
import { type Storages, storedSize } from '../storage.ts';
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
      bindings.map(({ name, element }, i) => {
        const { bytes, isFixed } = leastBytes(emitter, emitter.slots[i]!);
        return [name, { least: Math.floor(bytes / ELEMENT_BYTES[element]), isFixed }];
      }),
    ),
    sizes: params.map(bounds),
  };
}

/** Bytes that are bound at the least, whatever the shapes, and whether it is always these. */
function leastBytes({ storages, target }: Emitter, slot: Slot): { readonly bytes: number; readonly isFixed: boolean } {
  const { least, most } = extent(slot, storages);
  const each = partBytes(target.limits);
  const ofPart = (bytes: number) => (slot.parts === 1 ? bytes : Math.min(Math.max(bytes - slot.part * each, 0), each));
  return { bytes: ofPart(least), isFixed: least === most };
}

function extent(slot: Slot, storages: Storages): { readonly least: number; readonly most: number } {
  const always = (bytes: number) => ({ least: bytes, most: bytes });
  if (slot.kind === 'status') return always(ELEMENT_BYTES['atomic<u32>']);
  if (slot.kind === 'packed') return always(slot.packed.size);
  const { constant, type } = slot.value;
  if (constant) return always(storedSize(constant));
  const { min, max } = bounds(product(type.shape));
  // A binding is never empty.
  const bytes = (elements: number) => Math.max(storageBytes(storages(slot.value), Math.max(elements, 0)), 4);
  return { least: bytes(min), most: bytes(max) };
}
