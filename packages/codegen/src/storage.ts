// Legalization of element types: how each type of the model is stored in a GPU buffer and computed in WGSL.
//
// int64 is narrowed to i32: constants are checked here, inputs by the runtime. bool is one u32 an element, so that a
// thread never shares a word with another.

import type { StorageType } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { type Constant, type DType, elementsOf } from '@trtx/ir';

export type ComputeType = 'f32' | 'i32' | 'u32' | 'bool';

const STORAGE: Partial<Record<DType, StorageType>> = {
  float32: 'f32',
  int64: 'i32',
  int32: 'i32',
  int16: 'i32',
  int8: 'i32',
  uint64: 'u32',
  uint32: 'u32',
  uint16: 'u32',
  uint8: 'u32',
  bool: 'u32',
};

/** The storage type of an element type, or undefined where the GPU has none for it. */
export function storageOf(dtype: DType): StorageType | undefined {
  return STORAGE[dtype];
}

/** The type that WGSL computes an element type in. */
export function computeOf(dtype: DType): ComputeType {
  const storage = STORAGE[dtype];
  if (!storage || storage === 'f16')
    throw new TrtxError('UNSUPPORTED_TYPE', `${dtype} has no representation on the GPU`);
  return dtype === 'bool' ? 'bool' : storage;
}

/** Element types whose GPU representation is narrower than they are. */
export function isNarrowed(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64';
}

/** A constant's bytes in storage type. @throws TrtxError NARROWING where a 64-bit integer does not fit */
export function storedBytes(constant: Constant, name: string): Uint8Array {
  const elements = elementsOf(constant);
  const storage = storageOf(constant.dtype);
  if (storage === 'f32') return bytesOf(elements as Float32Array);
  const stored = storage === 'i32' ? new Int32Array(elements.length) : new Uint32Array(elements.length);
  for (let i = 0; i < elements.length; i++) {
    const value = Number(elements[i]);
    stored[i] = value;
    if (stored[i] !== value)
      throw new TrtxError('NARROWING', `element ${i} = ${elements[i]} does not fit into 32 bits`, {
        tensor: name,
        hint: 'The GPU has no 64-bit integers; the model needs values that 32 bits can hold.',
      });
  }
  return bytesOf(stored);
}

export function bytesOf(array: Float32Array | Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
