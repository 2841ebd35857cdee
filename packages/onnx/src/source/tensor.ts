// The one door to tensor data. Initializers, Constant nodes, attributes: every tensor of a file is read here, so every
// check is here, and no other code reads data fields.

import { arrayType, byteLength, type Constant, type DType, type ElementDType, isPacked, MAX_RANK } from '@trtx/ir';
import { countVarints, type TensorProto, varints } from '../wire/index.ts';
import { dtypeName, dtypeOf } from './dtypes.ts';
import { modelError } from './error.ts';

/** Bytes of tensors that are kept outside of the model file. */
export type ExternalData = ReadonlyMap<TensorProto, Uint8Array>;

const NONE: ExternalData = new Map();

/**
 * The tensor as a constant. Raw data, packed floats and external data are views of the bytes that they are in; other
 * typed fields are converted when they are first read.
 * @throws TrtxError ONNX_MODEL, naming the tensor
 */
export function readTensor(tensor: TensorProto, external: ExternalData = NONE, label?: string): Constant {
  const name = label ?? tensor.name ?? '';
  const { dtype, dims, count } = tensorType(tensor, name);
  const field = dataField(tensor, name);
  if (dtype === 'string') return { dtype, dims, strings: strings(tensor, field, count, name), read: noBytes };
  const wanted = byteLength(dtype, count);
  const bytes = isExternal(tensor) ? externalBytes(tensor, external, name) : fieldBytes(tensor, field, dtype, name);
  if (bytes instanceof Uint8Array) {
    if (bytes.length !== wanted)
      throw modelError(`${bytes.length} bytes of data where ${dtype}[${dims}] has ${wanted}`, { tensor: name });
    return { dtype, dims, read: () => bytes };
  }
  const entries = isPacked(dtype) ? wanted : count;
  if (bytes.count !== entries)
    throw modelError(`${bytes.count} elements of data where ${dtype}[${dims}] has ${entries}`, { tensor: name });
  let converted: Uint8Array | undefined;
  return {
    dtype,
    dims,
    read() {
      converted ??= bytes.convert();
      return converted;
    },
  };
}

/** True where the data is in a file of its own. */
export function isExternal(tensor: TensorProto): boolean {
  return tensor.data_location === 1;
}

/**
 * Type, dims and number of elements.
 * @throws TrtxError ONNX_MODEL, naming the tensor
 */
export function tensorType(tensor: TensorProto, name: string): { dtype: DType; dims: number[]; count: number } {
  const dtype = dtypeOf(tensor.data_type);
  if (!dtype)
    throw modelError(`a tensor of ${dtypeName(tensor.data_type)}`, {
      tensor: name,
      hint: 'This element type is not supported; convert the model to another one.',
    });
  return { dtype, ...checkedDims(tensor.dims, dtype, name) };
}

/**
 * Dims as numbers, and the number of elements.
 * @throws TrtxError ONNX_MODEL, naming the tensor
 */
export function checkedDims(given: readonly bigint[], dtype: DType, tensor: string): { dims: number[]; count: number } {
  if (given.length > MAX_RANK) throw modelError(`a tensor of rank ${given.length}`, { tensor });
  let count = 1;
  const dims = given.map((dim) => {
    if (dim < 0n) throw modelError(`a tensor with the negative dimension ${dim}`, { tensor });
    count *= Number(dim);
    return Number(dim);
  });
  // Checked before any zero hides it: [2^62, 0] is absurd too.
  if (
    dims.some((dim) => !Number.isSafeInteger(dim)) ||
    !Number.isSafeInteger(Math.max(byteLength(dtype, count), count))
  )
    throw modelError(`a tensor of [${dims.join(', ')}] is too large`, { tensor });
  return { dims, count };
}

const FIELDS = [
  'raw_data',
  'float_data',
  'int32_data',
  'string_data',
  'int64_data',
  'double_data',
  'uint64_data',
] as const;
type DataField = (typeof FIELDS)[number];

/** The field for each type beside raw_data. */
const FIELD_OF: Readonly<Record<ElementDType, DataField>> = {
  float32: 'float_data',
  float64: 'double_data',
  int64: 'int64_data',
  uint64: 'uint64_data',
  uint32: 'uint64_data',
  int32: 'int32_data',
  int16: 'int32_data',
  int8: 'int32_data',
  uint16: 'int32_data',
  uint8: 'int32_data',
  bool: 'int32_data',
  float16: 'int32_data',
  bfloat16: 'int32_data',
  float8e4m3fn: 'int32_data',
  float8e4m3fnuz: 'int32_data',
  float8e5m2: 'int32_data',
  float8e5m2fnuz: 'int32_data',
  float8e8m0: 'int32_data',
  float4e2m1: 'int32_data',
  int4: 'int32_data',
  uint4: 'int32_data',
  int2: 'int32_data',
  uint2: 'int32_data',
  complex64: 'float_data',
  complex128: 'double_data',
  string: 'string_data',
};

/** The one data field that is set, or undefined where the tensor has none. */
function dataField(tensor: TensorProto, name: string): DataField | undefined {
  if (tensor.segment) throw modelError('a tensor in segments', { tensor: name });
  const set: string[] = FIELDS.filter((field) => tensor[field] !== undefined && isSet(tensor, field));
  if (isExternal(tensor)) set.push('external_data');
  if (set.length > 1) throw modelError(`a tensor with data in both ${set[0]} and ${set[1]}`, { tensor: name });
  return isExternal(tensor) ? undefined : (set[0] as DataField | undefined);
}

function isSet(tensor: TensorProto, field: DataField): boolean {
  return field === 'raw_data' || tensor[field]!.length > 0;
}

interface Converted {
  readonly count: number;
  convert(): Uint8Array;
}

function fieldBytes(
  tensor: TensorProto,
  field: DataField | undefined,
  dtype: DType,
  name: string,
): Uint8Array | Converted {
  if (field === undefined) return new Uint8Array(0);
  if (field !== 'raw_data' && field !== FIELD_OF[dtype as ElementDType])
    throw modelError(`a tensor of ${dtype} with data in ${field}, not in ${FIELD_OF[dtype as ElementDType]}`, {
      tensor: name,
    });
  const data = tensor[field] as Uint8Array;
  if (field === 'raw_data' || field === 'float_data' || field === 'double_data') return data;
  return { count: countVarints(data), convert: () => fromVarints(data, dtype) };
}

/** The bytes of a tensor of the type whose elements, or bytes of elements that share them, were written as varints. */
function fromVarints(packed: Uint8Array, dtype: DType): Uint8Array {
  const array = new (isPacked(dtype) ? Uint8Array : arrayType(dtype))(countVarints(packed));
  const big = array instanceof BigInt64Array || array instanceof BigUint64Array;
  let i = 0;
  if (big) for (const value of varints(packed, dtype === 'uint64')) array[i++] = value;
  else for (const value of varints(packed)) array[i++] = Number(value);
  return new Uint8Array(array.buffer);
}

function externalBytes(tensor: TensorProto, external: ExternalData, name: string): Uint8Array {
  const bytes = external.get(tensor);
  if (!bytes) throw modelError('the external data of a tensor was not loaded', { tensor: name });
  return bytes;
}

function strings(tensor: TensorProto, field: DataField | undefined, count: number, name: string): string[] {
  if (isExternal(tensor) || (field !== undefined && field !== 'string_data'))
    throw modelError(`a tensor of strings with data in ${field ?? 'external_data'}`, { tensor: name });
  if (tensor.string_data.length !== count)
    throw modelError(`${tensor.string_data.length} strings where [${tensor.dims}] has ${count}`, { tensor: name });
  const decoder = new TextDecoder();
  return tensor.string_data.map((bytes) => decoder.decode(bytes));
}

function noBytes(): Uint8Array {
  return new Uint8Array(0);
}
