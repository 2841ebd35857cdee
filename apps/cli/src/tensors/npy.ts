// NumPy's files. The library npyjs knows the format; what it does not check or turn around is done here.

import { TrtxError } from '@trtx/errors';
import {
  type arrayType,
  codecOf,
  type DataArray,
  type DType,
  elementCount,
  isComplex,
  isFloat,
  type Tensor,
} from '@trtx/ir';
import { dump, type NpyArray, type DType as NpyType, parse } from 'npyjs';

const TYPES: Readonly<Record<string, DType>> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
};

const NPY_TYPES = new Map(Object.entries(TYPES).map(([npy, dtype]) => [dtype, npy as NpyType]));

/** Whether the bytes begin as a .npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && new TextDecoder('latin1').decode(bytes.subarray(1, 6)) === 'NUMPY';
}

/** @throws TrtxError TENSOR_FILE where the file is cut off, or has a type that tensors lack */
export function decodeNpy(path: string, bytes: Uint8Array<ArrayBuffer>): Tensor {
  let parsed: NpyArray;
  try {
    parsed = parse(bytes.slice().buffer, { convertFloat16: false });
  } catch (cause) {
    throw damaged(path, (cause as Error).message, cause);
  }
  const { dtype: code, shape: dims, fortranOrder } = parsed;
  const dtype = TYPES[code];
  if (!dtype) throw damaged(path, `elements of type ${code}`);
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) throw damaged(path, 'its shape cannot be read');
  // Booleans come as an array of true and false.
  const data =
    dtype === 'bool' ? Uint8Array.from(parsed.data as unknown as boolean[], Number) : (parsed.data as DataArray);
  if (data.length !== elementCount(dims))
    throw damaged(path, `${data.length} elements, where its shape [${dims}] has ${elementCount(dims)}`);
  return { dtype, dims, data: fortranOrder ? rowMajor(data, dims) : data };
}

/**
 * The bytes of a .npy file. Of types that NumPy lacks, floats become float32, integers int8; complex numbers, which the
 * library lacks, get a last axis of real and imaginary part.
 */
export function encodeNpy({ dtype, dims, data }: Tensor): Uint8Array {
  if (isComplex(dtype))
    return encodeNpy({ dtype: dtype === 'complex64' ? 'float32' : 'float64', dims: [...dims, 2], data });
  const codec = codecOf(dtype);
  if (codec && dtype !== 'float16') {
    const numbers = Float32Array.from(data as Uint16Array, codec.decode);
    if (isFloat(dtype)) return encodeNpy({ dtype: 'float32', dims, data: numbers });
    return encodeNpy({ dtype: 'int8', dims, data: Int8Array.from(numbers) });
  }
  return new Uint8Array(dump(data as Parameters<typeof dump>[0], [...dims], { dtype: NPY_TYPES.get(dtype)! }));
}

/** Elements in the order of columns (Fortran's), brought into that of rows. */
function rowMajor(data: DataArray, dims: readonly number[]): DataArray {
  const out = new (data.constructor as ReturnType<typeof arrayType>)(data.length);
  const index = dims.map(() => 0);
  let from = 0;
  const strides = dims.map((_, axis) => elementCount(dims.slice(0, axis)));
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      from -= strides[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

function damaged(path: string, why: string, cause?: unknown): TrtxError {
  const hint = "Save it again with numpy.save, in the machine's own byte order.";
  return new TrtxError('TENSOR_FILE', `the .npy file cannot be read: ${why}`, { file: path, hint, cause });
}
