// Tensors to numbers and back. Kernels compute in float64 whatever the element type; what they give is rounded once.

import { TrtxError } from '@trtx/errors';
import {
  arrayType,
  byteLength,
  type Constant,
  codecOf,
  constantOf,
  type DataArray,
  type DType,
  elementCount,
  elementOf,
  elementsOf,
  isContainer,
  joinElements,
  type Tensor,
  type TensorType,
} from '@trtx/ir';

/** The elements as numbers: a copy, or for 64-bit floats the data itself. Integers beyond 2^53 are rounded. */
export function toFloat64(tensor: Tensor): Float64Array {
  const data = dataOf(tensor);
  const codec = codecOf(tensor.dtype);
  if (codec) return decode(data as Uint8Array, codec.decode);
  if (data instanceof Float64Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return wideNumbers(data);
  return new Float64Array(data);
}

/** Integers of 64 bits as numbers. Reading pairs of words makes no BigInt. */
function wideNumbers(data: BigInt64Array | BigUint64Array): Float64Array {
  const words = wordsOf(data);
  const numbers = new Float64Array(data.length);
  const signed = data instanceof BigInt64Array;
  for (let i = 0; i < numbers.length; i++) {
    const high = words[2 * i + 1]!;
    numbers[i] = (signed ? high : high >>> 0) * 2 ** 32 + (words[2 * i]! >>> 0);
  }
  return numbers;
}

function wordsOf({ buffer, byteOffset, length }: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, 2 * length);
}

/** A tensor of numbers, rounded to the type: floats to nearest even, integers towards zero; integers wrap around. */
export function fromFloat64(dtype: DType, dims: readonly number[], values: Float64Array): Tensor {
  if (dtype === 'float64') return { dtype, dims, data: values };
  const data = new (arrayType(dtype))(values.length);
  storeNumbers(dtype, data, 0, values);
  return { dtype, dims, data };
}

/** Writes numbers into the data of a tensor from position `at` on, rounded to its type. */
export function storeNumbers(dtype: DType, data: DataArray, at: number, values: Float64Array): void {
  const codec = codecOf(dtype);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const words = wordsOf(data);
    // Words take what is left of a whole number by 2^32, as other integer arrays do; of what is not finite nothing.
    for (let i = 0; i < values.length; i++) {
      const whole = Math.trunc(values[i]!);
      words[2 * (at + i)] = whole;
      words[2 * (at + i) + 1] = Math.floor(whole / 2 ** 32);
    }
  } else if (codec) for (let i = 0; i < values.length; i++) data[at + i] = codec.encode(values[i]!);
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

/** The type of a tensor; of an empty sequence or optional nothing is known of what it would hold. */
export function typeOfTensor({ dtype, dims, data }: Tensor): TensorType {
  if (!isContainer(dtype)) return { dtype, shape: dims };
  const items = (data as readonly Tensor[]).map((item) => elementOf(typeOfTensor(item)));
  return { dtype, shape: dims, ...(items.length > 0 && { element: items.reduce(joinElements) }) };
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
  return byteLength(dtype, elementCount(dims));
}

/**
 * A complex tensor as two: the real parts and the imaginary parts. What only moves elements is done to each, and
 * `joinPlanes` puts them together.
 */
export function planesOf(tensor: Tensor): [real: Tensor, imaginary: Tensor] {
  const data = dataOf(tensor) as Float64Array;
  const dtype = planeType(tensor.dtype);
  const plane = (lane: number): Tensor => {
    const part = new (arrayType(dtype))(data.length / 2);
    for (let i = 0; i < part.length; i++) part[i] = data[2 * i + lane]!;
    return { dtype, dims: tensor.dims, data: part };
  };
  return [plane(0), plane(1)];
}

/** The element type of a complex type's parts. */
export function planeType(dtype: DType): DType {
  return dtype === 'complex64' ? 'float32' : dtype === 'complex128' ? 'float64' : dtype;
}

/** The complex tensor of real and imaginary parts. */
export function joinPlanes(dtype: DType, [real, imaginary]: readonly [Tensor, Tensor]): Tensor {
  const data = new (arrayType(dtype))(real.data.length * 2);
  for (let i = 0; i < real.data.length; i++) {
    data[2 * i] = real.data[i] as number;
    data[2 * i + 1] = imaginary.data[i] as number;
  }
  return { dtype, dims: real.dims, data };
}

function decode(bits: Uint8Array | Uint16Array, one: (bits: number) => number): Float64Array {
  const values = new Float64Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = one(bits[i]!);
  return values;
}
