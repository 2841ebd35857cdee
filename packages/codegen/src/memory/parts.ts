// How many bindings a tensor takes. A binding has a largest size; what is larger is bound in parts that follow one another,
// each at a multiple of a binding's alignment.

import { storageBytes } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { bounds, product, type Value } from '@trtx/ir';
import { storedSize, wordStorageOf } from '../storage.ts';
import type { TargetLimits } from '../target.ts';
import { ALIGNMENT } from './arena.ts';

/** Bytes of every part of a tensor but the last. */
export function partBytes({ maxStorageBufferBindingSize: most }: TargetLimits): number {
  return Math.floor(most / ALIGNMENT) * ALIGNMENT;
}

/** Number of bindings of so many bytes. */
export function partsOf(bytes: number, limits: TargetLimits): number {
  return Math.max(1, Math.ceil(bytes / partBytes(limits)));
}

/**
 * Number of bindings of a tensor at the profile's maximum, before it is known whether its elements are packed, as those of
 * constants are; 1 for what has no maximum or no form on the GPU, which others complain about.
 */
export function mostPartsOf({ type: { dtype, shape }, constant }: Value, limits: TargetLimits): number {
  const storage = wordStorageOf(dtype);
  if (storage && constant) return partsOf(storedSize(constant), limits);
  const { max } = bounds(product(shape));
  return storage && Number.isSafeInteger(4 * max) ? partsOf(storageBytes(storage, max), limits) : 1;
}

/** @throws TrtxError TENSOR_TOO_LARGE where no buffer holds so many bytes */
export function requireBuffer({ name, producer }: Value, bytes: number, { maxBufferSize }: TargetLimits): void {
  if (bytes > maxBufferSize)
    throw new TrtxError('TENSOR_TOO_LARGE', `${bytes} bytes, and the device has buffers of ${maxBufferSize}`, {
      tensor: name,
      node: producer?.name,
      hint: 'Give a smaller range of shapes, or build for a device with larger buffers.',
    });
}
