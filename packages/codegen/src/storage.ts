// Legalization of element types: how each type of the model is stored in a GPU buffer and computed in WGSL. The two are
// different things: what is narrower than 32 bits is stored packed, or a word an element, and computed as f32, i32 or u32,
// which asks for no feature of the device.
//
// int64 is narrowed to i32: range/ proves that its numbers fit, or has what computes them check it; constants are checked at
// build, inputs by the runtime.

import { storageOf as STORAGE, type StorageType, storageBits, storageBytes } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import {
  type Constant,
  type Dim,
  type DType,
  elementCount,
  elementsOf,
  isFloat,
  isUnsigned,
  type Value,
} from '@trtx/ir';

export type ComputeType = 'f32' | 'i32' | 'u32' | 'bool';

/** How each value in memory is stored. */
export type Storages = (value: Value) => StorageType;

/**
 * The storage type of inputs, outputs and constants of an element type, and of whatever is written by whole words;
 * undefined where the GPU has none for it.
 */
export function storageOf(dtype: DType): StorageType | undefined {
  return STORAGE[dtype][0];
}

/** Bits that an element takes where it shares words with others. */
export function bitsOf(dtype: DType): number {
  const storage = storageOf(dtype);
  return storage ? storageBits(storage) : 32;
}

/** True where neighbouring elements share a word, which is written at once. @param features of the device */
export function sharesWords(dtype: DType, storage: StorageType, features: ReadonlySet<string>): boolean {
  return storageBits(storage) < 32 && !(dtype === 'float16' && features.has('shader-f16'));
}

/** The storage type that gives each element a word of its own, so that no two invocations write to the same one. */
export function wordStorageOf(dtype: DType): StorageType | undefined {
  return STORAGE[dtype].at(-1);
}

/** The type that WGSL computes an element type in. */
export function computeOf(dtype: DType): ComputeType {
  if (!storageOf(dtype)) throw new TrtxError('UNSUPPORTED_TYPE', `${dtype} has no representation on the GPU`);
  if (dtype === 'bool') return 'bool';
  return isFloat(dtype) ? 'f32' : isUnsigned(dtype) ? 'u32' : 'i32';
}

/** True for the types whose numbers 32 bits may not hold. */
export function isNarrowed(dtype: DType): dtype is 'int64' | 'uint64' {
  return dtype === 'int64' || dtype === 'uint64';
}

/** The first element known at build that 32 bits do not hold, if there is one. */
export function firstWide({ type: { dtype }, constant, contents }: Value): number | undefined {
  if (!isNarrowed(dtype)) return undefined;
  const known = constant ? (elementsOf(constant) as BigInt64Array) : (contents?.values ?? []);
  const [low, high] = dtype === 'int64' ? [-(2 ** 31), 2 ** 31 - 1] : [0, 2 ** 32 - 1];
  const at = Array.from<Dim | bigint>(known).findIndex((value) => Number(value) < low || Number(value) > high);
  return at < 0 ? undefined : at;
}

/** Bytes that a constant takes as `storedBytes` gives it; a binding is never empty, a constant may be. */
export function storedSize({ dtype, dims }: Constant): number {
  return Math.max(storageBytes(storageOf(dtype)!, elementCount(dims)), 4);
}

/** A constant's bytes in storage type, filled up to whole words. */
export function storedBytes(constant: Constant): Uint8Array {
  const stored = new Uint8Array(storedSize(constant));
  if (isNarrowed(constant.dtype)) {
    const elements = elementsOf(constant) as BigInt64Array;
    new Int32Array(stored.buffer).set(Array.from(elements, (value) => Number(BigInt.asIntN(32, value))));
  } else stored.set(constant.read());
  return stored;
}

/** An array's bytes, filled up to whole words. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  if (byteLength % 4 === 0) return bytes;
  const padded = new Uint8Array(Math.ceil(byteLength / 4) * 4);
  padded.set(bytes);
  return padded;
}
