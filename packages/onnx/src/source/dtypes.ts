// ONNX's numbers for element types.

import type { DType } from '@trtx/ir';

const NUMBERS: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

/** Types that ONNX has and the graph has not, for messages. */
const FOREIGN: Readonly<Record<number, string>> = {
  0: 'undefined',
  14: 'complex64',
  15: 'complex128',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1',
  24: 'float8e8m0',
  25: 'uint2',
  26: 'int2',
};

const TYPES = new Map(Object.entries(NUMBERS).map(([dtype, number]) => [number, dtype as DType]));

/** The element type of ONNX's number, or undefined for one that the graph has not. */
export function dtypeOf(number: number | undefined): DType | undefined {
  return TYPES.get(number ?? 0);
}

/** ONNX's number of an element type. */
export function numberOf(dtype: DType): number {
  return NUMBERS[dtype];
}

/** The name of ONNX's number, also of types that the graph has not. */
export function dtypeName(number: number | undefined): string {
  return dtypeOf(number) ?? FOREIGN[number ?? 0] ?? `type ${number}`;
}

/** Types by the names that Cast-1 has for them (`FLOAT`, `INT32`, …). */
export function dtypeByProtoName(name: string): DType | undefined {
  const lower = name.toLowerCase();
  if (lower === 'float') return 'float32';
  if (lower === 'double') return 'float64';
  return Object.hasOwn(NUMBERS, lower) ? (lower as DType) : undefined;
}
