// Tensor types, constants and the values that callers pass in and get back.

import { TrtxError } from '@trtx/errors';
import type { Dim } from './dim.ts';
import { arrayType, byteSize, type DataArray, type DType } from './dtype.ts';
import { fromBfloat16, fromFloat16 } from './half.ts';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/**
 * A constant. `read` gives its bytes (little-endian, row-major, unpadded), usually as a view of the file they came from,
 * at any alignment. Strings are in `strings` and have no bytes.
 */
export interface Constant {
  readonly dtype: DType;
  readonly dims: readonly number[];
  read(): Uint8Array;
  readonly strings?: readonly string[];
}

/** A tensor with concrete dims, as a `Runner` takes and gives them. float16 data are bits in a Uint16Array. */
export interface Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: DataArray | readonly string[];
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
  if (bytes.byteLength !== count * byteSize(constant.dtype))
    throw new TrtxError('TENSOR_DATA', `${bytes.byteLength} bytes for ${count} elements of ${constant.dtype}`);
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0;
  const source = aligned ? bytes : bytes.slice();
  return new type(source.buffer, source.byteOffset, count);
}

/** The constant's elements as numbers; integers beyond 2^53 are rounded. */
export function numbersOf(constant: Constant): number[] {
  const decode = constant.dtype === 'float16' ? fromFloat16 : constant.dtype === 'bfloat16' ? fromBfloat16 : Number;
  return Array.from(elementsOf(constant) as ArrayLike<number>, decode);
}

/** A constant over an array (kept, not copied). */
export function constantOf(dtype: DType, dims: readonly number[], data: DataArray): Constant {
  if (data.length !== elementCount(dims))
    throw new TrtxError('TENSOR_DATA', `${data.length} elements for a tensor of [${dims.join(', ')}]`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { dtype, dims, read: () => bytes };
}

/** A constant from plain numbers; int64 and uint64 take them as integers, 16-bit floats as bits. */
export function constantFrom(dtype: DType, dims: readonly number[], values: readonly number[]): Constant {
  const data = new (arrayType(dtype))(values.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    values.forEach((v, i) => {
      data[i] = BigInt(v);
    });
  else (data as Float32Array).set(values);
  return constantOf(dtype, dims, data);
}

/** `float32[1,3,H,2*W]` */
export function printType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(',')}]`;
}
