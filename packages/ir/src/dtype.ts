// Element types, by their ONNX names in lower case, and how their bytes are read.

export type DType =
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'float64'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool'
  | 'string';

type Class = 'float' | 'int' | 'uint' | 'bool' | 'string';

const TABLE: Readonly<Record<DType, { bytes: number; class: Class }>> = {
  float32: { bytes: 4, class: 'float' },
  float16: { bytes: 2, class: 'float' },
  bfloat16: { bytes: 2, class: 'float' },
  float64: { bytes: 8, class: 'float' },
  int64: { bytes: 8, class: 'int' },
  int32: { bytes: 4, class: 'int' },
  int16: { bytes: 2, class: 'int' },
  int8: { bytes: 1, class: 'int' },
  uint64: { bytes: 8, class: 'uint' },
  uint32: { bytes: 4, class: 'uint' },
  uint16: { bytes: 2, class: 'uint' },
  uint8: { bytes: 1, class: 'uint' },
  bool: { bytes: 1, class: 'bool' },
  string: { bytes: 0, class: 'string' },
};

export const DTYPES = Object.keys(TABLE) as DType[];

/** Bytes of one element; 0 for strings, which have no fixed size. */
export function byteSize(dtype: DType): number {
  return TABLE[dtype].bytes;
}

export function isFloat(dtype: DType): boolean {
  return TABLE[dtype].class === 'float';
}

/** Signed or unsigned integer; not bool. */
export function isInteger(dtype: DType): boolean {
  return TABLE[dtype].class === 'int' || TABLE[dtype].class === 'uint';
}

export function isUnsigned(dtype: DType): boolean {
  return TABLE[dtype].class === 'uint';
}

/** The arrays that hold each type in JavaScript. float16 and bfloat16 are held as their bits. */
export type DataArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

type ArrayConstructor = {
  new (length: number): DataArray;
  new (buffer: ArrayBufferLike, offset?: number, length?: number): DataArray;
  readonly BYTES_PER_ELEMENT: number;
};

const ARRAYS: Readonly<Partial<Record<DType, unknown>>> = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** The typed array class of a type; float16 and bfloat16 give their bits, strings have none. */
export function arrayType(dtype: DType): ArrayConstructor {
  const type = ARRAYS[dtype];
  if (!type) throw new TypeError(`${dtype} tensors have no typed array`);
  return type as ArrayConstructor;
}
