// Tensors as callers have them, and the way between their element types and those of GPU buffers.
import { type PlanTensor, type SourceType, type StorageType, storageBits, storageBytes, storageOf } from '@trtx/engine';
import { mismatch } from './mismatch.ts';
import { Held } from './places.ts';

/** What to do where 32 bits do not hold an integer. */
export const INT64 = 'build with --int64 host';

export type TensorData =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** Texts are those of a tensor of strings, values those of a sequence or optional. */
export type HostData = TensorData | readonly string[] | readonly HostValue[];

/** A value that tells its type: as functions of the host take and give it, and as sequences and optionals hold it. */
export interface HostValue {
  readonly dtype: SourceType;
  readonly dims: readonly number[];
  /** As that of a `HostTensor`. */
  readonly data: HostData;
}

/**
 * Elements in row-major order. The array's type follows the tensor's: BigInt64Array for int64, Uint8Array of 0 and 1 for
 * bool, Uint16Array of bits for float16 and bfloat16 (a Float16Array is taken too), an array of texts for string, arrays of
 * bytes for narrower types, pairs of numbers for complex ones. A sequence is an array of its values (`HostValue`), an
 * optional an array of one value or of none; both have the dims [].
 */
export interface HostTensor {
  readonly data: HostData;
  readonly dims: readonly number[];
  readonly buffer?: undefined;
}

/** Elements in a buffer of the engine's device: from its start, row-major, in the plan's storage type, padded to 4 bytes. */
export interface GpuTensor {
  readonly buffer: GPUBuffer;
  readonly dims: readonly number[];
  readonly data?: undefined;
}

export type Tensor = HostTensor | GpuTensor;

const arrays: { readonly [dtype in SourceType]?: new (length: number) => TensorData } = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  complex64: Float32Array,
  complex128: Float64Array,
};

/** The array that a type of numbers has. What is narrower than 16 bits has a byte for each element. */
function arrayType(dtype: SourceType): new (length: number) => TensorData {
  return arrays[dtype] ?? (dtype.startsWith('int') ? Int8Array : Uint8Array);
}

/** Number of elements. */
export function elements(dims: readonly number[]): number {
  return dims.reduce((n, dim) => n * dim, 1);
}

/** Memory that conversions write to, kept from run to run. */
export class Scratch {
  #buffer = new ArrayBuffer(0);

  take(bytes: number): ArrayBuffer {
    if (this.#buffer.byteLength < bytes) this.#buffer = new ArrayBuffer(bytes);
    return this.#buffer;
  }
}

/** What a conversion has to know of a tensor. */
export type TensorForm = Pick<PlanTensor, 'name' | 'dtype'> & { readonly storage: StorageType };

/** Numbers that an array has for each element: complex ones have a real and an imaginary part. */
function lanes(dtype: SourceType): number {
  return dtype.startsWith('complex') ? 2 : 1;
}

/** An array for `count` elements of a type, or over those at `offset` in memory. */
export function arrayFor(dtype: SourceType, count: number, memory?: ArrayBuffer, offset = 0): TensorData {
  const length = count * lanes(dtype);
  const Type = arrayType(dtype) as new (from: ArrayBuffer | number, offset?: number, length?: number) => TensorData;
  return memory ? new Type(memory, offset, length) : new Type(length);
}

/**
 * Throws `TENSOR_TYPE` or `TENSOR_SHAPE` unless `data` has the type of `tensor` and as many elements as `dims` say; of a
 * sequence or optional, unless that is so for each of its values.
 */
export function checkData(tensor: Pick<PlanTensor, 'name' | 'dtype'>, data: HostData, dims: readonly number[]): void {
  const { name, dtype } = tensor;
  const isNest = dtype === 'sequence' || dtype === 'optional';
  const want = isNest || dtype === 'string' ? 'Array' : arrayType(dtype).name;
  // By name, for an array of another realm is not an `instanceof`.
  const got =
    want === 'Array' && Array.isArray(data)
      ? 'Array'
      : isHeld(data, dtype)
        ? want
        : (data as { [Symbol.toStringTag]?: string } | undefined)?.[Symbol.toStringTag];
  if (got !== want && !(got === 'Float16Array' && dtype === 'float16')) {
    throw mismatch('TENSOR_TYPE', `is a ${got ?? typeof data}, ${dtype} takes a ${want}`, name);
  }
  if (isNest) checkNest(tensor, data as readonly HostValue[], dims);
  else if (data.length !== elements(dims) * lanes(dtype)) {
    throw mismatch('TENSOR_SHAPE', `has ${data.length} elements, its dims [${dims}] make ${elements(dims)}`, name);
  }
}

function isHeld(data: unknown, dtype: SourceType): boolean {
  return data instanceof Held && data.dtype === dtype;
}

function checkNest(
  { name, dtype }: Pick<PlanTensor, 'name' | 'dtype'>,
  data: readonly HostValue[],
  dims: readonly number[],
) {
  if (dims.length > 0) throw mismatch('TENSOR_SHAPE', `has dims [${dims}], which of ${dtype} are []`, name);
  if (dtype === 'optional' && data.length > 1)
    throw mismatch('TENSOR_SHAPE', `is optional and has ${data.length} values`, name);
  for (const [i, item] of data.entries()) {
    const place = `${name}[${i}]`;
    if (!Object.hasOwn(storageOf, item?.dtype) || !Array.isArray(item.dims)) {
      throw mismatch('TENSOR_TYPE', 'is no value: it has no dtype or no dims', place);
    }
    checkData({ name: place, dtype: item.dtype }, item.data, item.dims);
  }
}

/** `data` in memory of its own. */
export function copyData(data: HostData): HostData {
  if (!Array.isArray(data)) return (data as TensorData).slice();
  return data.map((item) => (typeof item === 'string' ? item : { ...item, data: copyData(item.data) })) as HostData;
}

/** The `parts`, each of the same type and number of elements, one after the other. */
export function concatData(dtype: SourceType, count: number, parts: readonly HostData[]): HostData {
  if (dtype === 'string') return (parts as readonly (readonly string[])[]).flat();
  const all = arrayFor(dtype, count);
  const bytes = bytesOf(all);
  // As bytes: elements of a Float16Array are not its bits.
  for (const [i, part] of (parts as readonly TensorData[]).entries()) bytes.set(bytesOf(part), i * part.byteLength);
  return all;
}

/**
 * `data` in the storage type of `tensor`, padded to 4 bytes: the same memory where the types agree, else `scratch`, which
 * the next call overwrites. Throws `TENSOR_RANGE` for a 64-bit integer that 32 bits cannot hold.
 */
export function toStorage(tensor: TensorForm, data: TensorData, scratch = new Scratch()): Uint8Array<ArrayBuffer> {
  const { dtype, storage } = tensor;
  const { length } = data;
  const bits = storageBits(storage);
  const size = storageBytes(storage, length);
  const source = bytesOf(data);
  // Elements as they are, which fill the last word.
  if (source.length === size && source.length * 8 === length * bits) return source;
  const buffer = scratch.take(size);
  const out = new Uint8Array(buffer, 0, size);
  if (bits < 8) {
    out.fill(0);
    const mask = 2 ** bits - 1;
    for (let i = 0; i < length; i++) out[(i * bits) >> 3]! |= (source[i]! & mask) << ((i * bits) & 7);
  } else if (bits < 32) {
    out.set(source);
    out.fill(0, source.length);
  } else if (dtype === 'int64' || dtype === 'uint64') {
    narrow(tensor, data, new Int32Array(buffer, 0, length));
  } else {
    const codes = arrayFor(dtype, length, source.buffer, source.byteOffset) as Int16Array;
    new (storage === 'i32' ? Int32Array : Uint32Array)(buffer, 0, length).set(codes);
  }
  return out;
}

function bytesOf({ buffer, byteOffset, byteLength }: TensorData): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** Takes the low words where the high words say that nothing is lost. Reading pairs of words makes no BigInt. */
function narrow(tensor: TensorForm, data: TensorData, out: Int32Array): void {
  const words = new Int32Array(data.buffer, data.byteOffset, out.length * 2);
  const signed = tensor.dtype === 'int64';
  for (let i = 0; i < out.length; i++) {
    const low = words[2 * i]!;
    if (words[2 * i + 1] !== (signed ? low >> 31 : 0)) {
      throw mismatch('TENSOR_RANGE', `element ${i} is ${data[i]}, which 32 bits cannot hold`, tensor.name, INT64);
    }
    out[i] = low;
  }
}

/**
 * The elements of an output in its source type, copied out of `memory`, which has them in storage type from `offset` on.
 * Without memory there have to be none.
 */
export function fromStorage(
  tensor: TensorForm,
  memory: ArrayBuffer | undefined,
  offset: number,
  dims: readonly number[],
): TensorData {
  const { dtype, storage } = tensor;
  const length = elements(dims);
  const out = arrayFor(dtype, length);
  if (!memory) return out;
  const bits = storageBits(storage);
  const bytes = bytesOf(out);
  if (bits < 8) {
    const stored = new Uint8Array(memory, offset);
    // To the top of a word and back, which spreads the sign of what has one.
    const rest = 32 - bits;
    const signed = dtype.startsWith('int');
    for (let i = 0; i < length; i++) {
      const top = (stored[(i * bits) >> 3]! >> ((i * bits) & 7)) << rest;
      out[i] = signed ? top >> rest : top >>> rest;
    }
  } else if (bytes.length * 8 === length * bits) {
    bytes.set(new Uint8Array(memory, offset, bytes.length));
  } else {
    const words = new (storage === 'i32' ? Int32Array : Uint32Array)(memory, offset, length);
    if (dtype === 'int64' || dtype === 'uint64') widen(words, new Int32Array(out.buffer), dtype === 'int64');
    else (out as Int16Array).set(words);
  }
  return out;
}

function widen(ints: Int32Array | Uint32Array, words: Int32Array, signed: boolean): void {
  for (let i = 0; i < ints.length; i++) {
    words[2 * i] = ints[i]!;
    words[2 * i + 1] = signed ? ints[i]! >> 31 : 0;
  }
}
