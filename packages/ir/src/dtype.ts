// Element types, by their ONNX names in lower case, and how their bytes are read. One table tells all that is special
// about a type; what it says in numbers is in codec.ts.

/**
 * What the elements of a type are: `complex` ones are pairs of numbers; `string` ones have no bytes; `container` ones are
 * no elements at all but other values (a tensor of no axes of type `sequence` is a sequence).
 */
type Class = 'float' | 'int' | 'uint' | 'bool' | 'complex' | 'string' | 'container';

interface Spec {
  /** Of one element in a file; below 8, elements share bytes, the first in the lowest bits. */
  readonly bits: number;
  readonly class: Class;
  /** What holds the elements in JavaScript. */
  readonly array?: unknown;
}

const TABLE = {
  float32: { bits: 32, class: 'float', array: Float32Array },
  float16: { bits: 16, class: 'float', array: Uint16Array },
  bfloat16: { bits: 16, class: 'float', array: Uint16Array },
  float64: { bits: 64, class: 'float', array: Float64Array },
  int64: { bits: 64, class: 'int', array: BigInt64Array },
  int32: { bits: 32, class: 'int', array: Int32Array },
  int16: { bits: 16, class: 'int', array: Int16Array },
  int8: { bits: 8, class: 'int', array: Int8Array },
  uint64: { bits: 64, class: 'uint', array: BigUint64Array },
  uint32: { bits: 32, class: 'uint', array: Uint32Array },
  uint16: { bits: 16, class: 'uint', array: Uint16Array },
  uint8: { bits: 8, class: 'uint', array: Uint8Array },
  bool: { bits: 8, class: 'bool', array: Uint8Array },
  string: { bits: 0, class: 'string' },
  float8e4m3fn: { bits: 8, class: 'float', array: Uint8Array },
  float8e4m3fnuz: { bits: 8, class: 'float', array: Uint8Array },
  float8e5m2: { bits: 8, class: 'float', array: Uint8Array },
  float8e5m2fnuz: { bits: 8, class: 'float', array: Uint8Array },
  float8e8m0: { bits: 8, class: 'float', array: Uint8Array },
  float4e2m1: { bits: 4, class: 'float', array: Uint8Array },
  int4: { bits: 4, class: 'int', array: Int8Array },
  uint4: { bits: 4, class: 'uint', array: Uint8Array },
  int2: { bits: 2, class: 'int', array: Int8Array },
  uint2: { bits: 2, class: 'uint', array: Uint8Array },
  complex64: { bits: 64, class: 'complex', array: Float32Array },
  complex128: { bits: 128, class: 'complex', array: Float64Array },
  sequence: { bits: 0, class: 'container' },
  optional: { bits: 0, class: 'container' },
} as const satisfies Readonly<Record<string, Spec>>;

export type DType = keyof typeof TABLE;

/** The types of tensors' elements. */
export type ElementDType = Exclude<DType, 'sequence' | 'optional'>;

export const DTYPES = Object.keys(TABLE) as DType[];

/** Those whose elements are numbers. */
export const NUMERIC_DTYPES = DTYPES.filter((dtype) => TABLE[dtype].bits > 0);

const spec = (dtype: DType): Spec => TABLE[dtype];

/** Bits of one element; 0 for strings and containers, which have no fixed size. */
export function bitWidth(dtype: DType): number {
  return spec(dtype).bits;
}

/** Bytes of one element: ½ for 4-bit types; 0 for strings, which have no fixed size. */
export function byteSize(dtype: DType): number {
  return spec(dtype).bits / 8;
}

/** Bytes of a tensor of `count` elements. */
export function byteLength(dtype: DType, count: number): number {
  return Math.ceil((count * spec(dtype).bits) / 8);
}

/** True where elements share bytes in files. In arrays each has its own. */
export function isPacked(dtype: DType): boolean {
  return spec(dtype).bits < 8 && spec(dtype).bits > 0;
}

export function isFloat(dtype: DType): boolean {
  return spec(dtype).class === 'float';
}

/** Signed or unsigned integer; not bool. */
export function isInteger(dtype: DType): boolean {
  return spec(dtype).class === 'int' || spec(dtype).class === 'uint';
}

export function isUnsigned(dtype: DType): boolean {
  return spec(dtype).class === 'uint';
}

/** True for the types of values that hold other values: sequences and optionals. */
export function isContainer(dtype: DType): boolean {
  return spec(dtype).class === 'container';
}

export function isComplex(dtype: DType): boolean {
  return spec(dtype).class === 'complex';
}

/** Numbers that an array has for each element: 2 for complex ones (real, imaginary), else 1. */
export function lanesOf(dtype: DType): number {
  return isComplex(dtype) ? 2 : 1;
}

/** The arrays that hold each type in JavaScript. Floats below 32 bits are held as their bits. */
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

/**
 * The typed array class of a type. Floats below 32 bits give their bits, integers below 8 bits their values; complex
 * numbers take two places each; strings and containers have none.
 */
export function arrayType(dtype: DType): ArrayConstructor {
  const type = spec(dtype).array;
  if (!type) throw new TypeError(`${dtype} tensors have no typed array`);
  return type as ArrayConstructor;
}
