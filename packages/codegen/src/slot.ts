// What stands behind the bindings of a shader.

import type { DType, Value } from '@trtx/ir';

/** A constant in the layout that a kernel reads, of an element type that is computed in f32. */
export interface Packed {
  readonly dtype: DType;
  /** Equal keys mean equal bytes. */
  readonly key: string;
  readonly names: readonly string[];
  /** Number of bytes. */
  readonly size: number;
  /** Made when the engine is written, once for each key. */
  bytes(): Uint8Array;
}

/** What stands behind a binding: a value's memory, or a packed constant, or a part of it. */
export type Slot = Source & {
  /** Which part, of how many: a tensor that is larger than a binding takes several. */
  readonly part: number;
  readonly parts: number;
};

export type Source =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'packed'; readonly packed: Packed }
  /** What one stage of a kernel leaves to the next. */
  | { readonly kind: 'scratch'; readonly value: Value }
  | Status;

/** A word of bits, each of which says that numbers of 64 bits of a value are past 32. */
interface Status {
  readonly kind: 'status';
  /** The values, in order of their bits; all past the last bit share it. */
  readonly checked: readonly Value[];
}

/** Bits of a word of the status. */
export const STATUS_BITS = 32;
