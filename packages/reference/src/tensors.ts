// Tensors to numbers and back. Kernels compute in float64 whatever the element type; what they give is rounded once.

import { TrtxError } from '@trtx/errors';
import {
  arrayType,
  type Constant,
  constantOf,
  type DataArray,
  type DType,
  elementCount,
  elementsOf,
  fromBfloat16,
  fromFloat16,
  type Tensor,
  toBfloat16,
  toFloat16,
} from '@trtx/ir';

/** The elements as numbers: a copy, or for float64 the data itself. Integers beyond 2^53 are rounded. */
export function toFloat64(tensor: Tensor): Float64Array {
  const data = dataOf(tensor);
  const { dtype } = tensor;
  if (dtype === 'float16') return decode(data as Uint16Array, fromFloat16);
  if (dtype === 'bfloat16') return decode(data as Uint16Array, fromBfloat16);
  if (data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return new Float64Array(data);
}

/** A tensor of numbers, rounded to the type: to nearest even for floats; integers wrap around. */
export function fromFloat64(dtype: DType, dims: readonly number[], values: Float64Array): Tensor {
  if (dtype === 'float64') return { dtype, dims, data: values };
  const data = new (arrayType(dtype))(values.length);
  storeNumbers(dtype, data, 0, values);
  return { dtype, dims, data };
}

/** Writes numbers into the data of a tensor from position `at` on, rounded to its type. */
export function storeNumbers(dtype: DType, data: DataArray, at: number, values: Float64Array): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    for (let i = 0; i < values.length; i++) data[at + i] = BigInt(values[i]!);
  else if (dtype === 'float16') for (let i = 0; i < values.length; i++) data[at + i] = toFloat16(values[i]!);
  else if (dtype === 'bfloat16') for (let i = 0; i < values.length; i++) data[at + i] = toBfloat16(values[i]!);
  else data.set(values, at);
}

/** The typed array of a tensor. */
export function dataOf(tensor: Tensor): DataArray {
  if (tensor.dtype === 'string' || Array.isArray(tensor.data))
    throw new TrtxError('UNSUPPORTED', 'arithmetic on strings');
  return tensor.data as DataArray;
}

/** The tensor of a constant: a view of its bytes where they are aligned. */
export function tensorOf(constant: Constant): Tensor {
  const { dtype, dims } = constant;
  return { dtype, dims, data: constant.strings ?? elementsOf(constant) };
}

/** The constant of a tensor, over the same data. */
export function constantOfTensor(tensor: Tensor): Constant {
  const { dtype, dims } = tensor;
  if (dtype === 'string')
    return { dtype, dims, read: () => new Uint8Array(), strings: tensor.data as readonly string[] };
  return constantOf(dtype, dims, tensor.data as DataArray);
}

/** Row-major strides in elements. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= dims[axis]!;
  }
  return strides;
}

/** Bytes that a tensor of the type takes. */
export function byteLengthOf(dtype: DType, dims: readonly number[]): number {
  return elementCount(dims) * arrayType(dtype).BYTES_PER_ELEMENT;
}

function decode(bits: Uint16Array, one: (bits: number) => number): Float64Array {
  const values = new Float64Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = one(bits[i]!);
  return values;
}
