// How many bytes the types of a plan take, and which storage types can hold which source type.
import type { SourceType, StorageType } from './terms.ts';

/**
 * Storage types that a runtime can convert each source type to and from, the one of inputs and outputs first. Those that
 * have none stay on the host.
 */
export const storageOf: Readonly<Record<SourceType, readonly StorageType[]>> = {
  float32: ['f32'],
  float16: ['u16x2', 'u32'],
  bfloat16: ['u16x2', 'u32'],
  float64: [],
  int64: ['i32'],
  int32: ['i32'],
  int16: ['u16x2', 'i32'],
  int8: ['u8x4', 'i32'],
  uint64: ['u32'],
  uint32: ['u32'],
  uint16: ['u16x2', 'u32'],
  uint8: ['u8x4', 'u32'],
  bool: ['u8x4', 'u32'],
  string: [],
  float8e4m3fn: ['u8x4', 'u32'],
  float8e4m3fnuz: ['u8x4', 'u32'],
  float8e5m2: ['u8x4', 'u32'],
  float8e5m2fnuz: ['u8x4', 'u32'],
  float8e8m0: ['u8x4', 'u32'],
  float4e2m1: ['u4x8', 'u32'],
  int4: ['u4x8', 'i32'],
  uint4: ['u4x8', 'u32'],
  int2: ['u2x16', 'i32'],
  uint2: ['u2x16', 'u32'],
  complex64: [],
  complex128: [],
  sequence: [],
  optional: [],
};

export const sourceTypes = Object.keys(storageOf) as SourceType[];

/** Bits of one element in a GPU buffer. */
export function storageBits(type: StorageType): number {
  return Number(/\d+/.exec(type)![0]);
}

/** Bytes of `count` elements in a GPU buffer, whole words. */
export function storageBytes(type: StorageType, count: number): number {
  return alignUp((count * storageBits(type)) / 8, 4);
}

/** Bytes of one element of a source type on the host, where each has a byte at least; texts, sequences and optionals have none. */
export function sourceBytes(type: SourceType): number {
  return /^(bool|float[48])|int[24]$/.test(type) ? 1 : Number(/\d*$/.exec(type)![0]) / 8;
}

/** `n` rounded up to a multiple of `step`. Exact for all safe integers, unlike bit tricks. */
export function alignUp(n: number, step: number): number {
  return Math.ceil(n / step) * step;
}
