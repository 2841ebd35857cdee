// How many bytes the types of a plan take, and which storage types can hold which source type.
import type { SourceType, StorageType } from './plan.ts';

/** Storage types that a runtime can convert each source type to and from. Those that have none stay on the host. */
export const storageOf: Readonly<Record<SourceType, readonly StorageType[]>> = {
  float32: ['f32'],
  float16: ['f16', 'f32'],
  bfloat16: ['f32'],
  float64: ['f32'],
  int64: ['i32'],
  int32: ['i32'],
  int16: ['i32'],
  int8: ['i32'],
  uint64: ['u32'],
  uint32: ['u32'],
  uint16: ['u32'],
  uint8: ['u32'],
  bool: ['u32'],
  string: [],
  float8e4m3fn: [],
  float8e4m3fnuz: [],
  float8e5m2: [],
  float8e5m2fnuz: [],
  float8e8m0: [],
  float4e2m1: [],
  int4: [],
  uint4: [],
  int2: [],
  uint2: [],
  complex64: [],
  complex128: [],
  sequence: [],
  optional: [],
};

/** Bytes of one element in a GPU buffer. */
export function storageBytes(type: StorageType): number {
  return type === 'f16' ? 2 : 4;
}

/** Bytes of one element of a source type on the host, where each has a byte at least; texts, sequences and optionals have none. */
export function sourceBytes(type: SourceType): number {
  return /^(bool|float[48])|int[24]$/.test(type) ? 1 : Number(/\d*$/.exec(type)![0]) / 8;
}

/** `n` rounded up to a multiple of `step`. Exact for all safe integers, unlike bit tricks. */
export function alignUp(n: number, step: number): number {
  return Math.ceil(n / step) * step;
}
