// Where the GPU has tensors: in buffers of the plan, or in one of their own while a sequence or optional holds them.
import type { SourceType, StorageType } from '@trtx/engine';

export interface Range {
  /** A buffer, or the index of one in the plan. */
  readonly buffer: number | GPUBuffer;
  readonly offset: number;
}

/** Where the GPU has a tensor. */
export type Place = Range & { readonly storage: StorageType };

/**
 * Elements that only the GPU has, in a buffer of their own. It stands where `data` of a value does that a function of the
 * host passes on, and has no elements to read.
 */
export class Held {
  constructor(
    readonly dtype: SourceType,
    readonly length: number,
    readonly place: Place & { readonly buffer: GPUBuffer },
  ) {}
}

/** Something whose elements may be on the GPU alone. */
export interface Holder {
  data?: unknown;
}

export function heldData({ data }: Holder): Held | undefined {
  return data instanceof Held ? data : undefined;
}

/** All that is held in a value, and in what it holds. */
export function holdersIn(value: Holder): Holder[] {
  const found: Holder[] = [];
  const pending = [value];
  for (let item = pending.pop(); item; item = pending.pop()) {
    if (heldData(item)) found.push(item);
    // Texts are no holders.
    else if (Array.isArray(item.data))
      for (const inner of item.data) if (typeof inner === 'object') pending.push(inner);
  }
  return found;
}
