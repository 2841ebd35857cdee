// Tensor types, constants and the values that callers pass in and get back.

import { TrtxError } from '@trtx/errors';
import { codecOf } from './codec.ts';
import type { Dim } from './dim.ts';
import { arrayType, byteLength, type DataArray, type DType, isContainer, isPacked, lanesOf } from './dtype.ts';
import { pack, unpack } from './packing.ts';

/** Axes past which a tensor is refused. */
export const MAX_RANK = 64;

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  /** Of a sequence or optional, which has no axes itself: the type of the values in it. */
  readonly element?: ElementType;
}

/** What is known of the values in a sequence or optional. */
export interface ElementType {
  readonly dtype: DType;
  /**
   * Sizes, null where the values differ along an axis; null as a whole where they differ in the number of axes; undefined
   * where nothing is known of it.
   */
  readonly shape?: readonly (Dim | null)[] | null;
  readonly element?: ElementType;
}

/**
 * A constant. `read` gives its bytes (little-endian, row-major, unpadded, elements below 8 bits packed), usually as a view
 * of the file they came from, at any alignment. Strings are in `strings` and have no bytes.
 */
export interface Constant {
  readonly dtype: DType;
  readonly dims: readonly number[];
  read(): Uint8Array;
  readonly strings?: readonly string[];
}

/**
 * A tensor with concrete dims, as a `Runner` takes and gives them. `data` are as `arrayType` says, strings as they are, and
 * for a sequence or optional the values in it.
 */
export interface Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: DataArray | readonly string[] | readonly Tensor[];
}

/** Number of elements. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const dim of dims) count *= dim;
  if (!Number.isSafeInteger(count))
    throw new TrtxError('TENSOR_TOO_LARGE', `a tensor of [${dims.join(', ')}] has too many elements`);
  return count;
}

/** The constant's elements: a view where its bytes are aligned, otherwise a copy. */
export function elementsOf(constant: Constant): DataArray {
  const type = arrayType(constant.dtype);
  const bytes = constant.read();
  const count = elementCount(constant.dims);
  if (bytes.byteLength !== byteLength(constant.dtype, count))
    throw new TrtxError('TENSOR_DATA', `${bytes.byteLength} bytes for ${count} elements of ${constant.dtype}`);
  if (isPacked(constant.dtype)) return unpack(constant.dtype, bytes, count);
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0;
  const source = aligned ? bytes : bytes.slice();
  return new type(source.buffer, source.byteOffset, count * lanesOf(constant.dtype));
}

/** The constant's elements as numbers; integers beyond 2^53 are rounded. */
export function numbersOf(constant: Constant): number[] {
  const decode = codecOf(constant.dtype)?.decode ?? Number;
  return Array.from(elementsOf(constant) as ArrayLike<number>, decode);
}

/** A constant over an array (kept, not copied, but for elements that share bytes: those are packed when first read). */
export function constantOf(dtype: DType, dims: readonly number[], data: DataArray): Constant {
  if (data.length !== elementCount(dims) * lanesOf(dtype))
    throw new TrtxError('TENSOR_DATA', `${data.length} elements for a tensor of [${dims.join(', ')}]`);
  if (isPacked(dtype)) {
    let packed: Uint8Array | undefined;
    return {
      dtype,
      dims,
      read() {
        packed ??= pack(dtype, data);
        return packed;
      },
    };
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { dtype, dims, read: () => bytes };
}

/** A constant from plain numbers; int64 and uint64 take them as integers, floats below 32 bits as bits. */
export function constantFrom(dtype: DType, dims: readonly number[], values: readonly number[]): Constant {
  const data = new (arrayType(dtype))(values.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    values.forEach((v, i) => {
      data[i] = BigInt(v);
    });
  else (data as Float32Array).set(values);
  return constantOf(dtype, dims, data);
}

/** True where the values are of one kind: the same element type and, for containers, what they hold. */
export function sameKind(a: TensorType | ElementType, b: TensorType | ElementType): boolean {
  if (a.dtype !== b.dtype) return false;
  return a.element && b.element ? sameKind(a.element, b.element) : true;
}

/** `float32[1,3,H,2*W]`, `sequence(float32[2,?])`, `sequence(float32[...])`, `optional(sequence(float32))` */
export function printType(type: TensorType | ElementType): string {
  if (isContainer(type.dtype)) return `${type.dtype}(${type.element ? printType(type.element) : ''})`;
  if (type.shape === undefined) return type.dtype;
  return `${type.dtype}[${type.shape?.map((dim) => dim ?? '?').join(',') ?? '...'}]`;
}
