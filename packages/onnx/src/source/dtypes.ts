// ONNX's numbers for element types.

import type { DType, ElementDType } from '@trtx/ir';

const NUMBERS: Readonly<Record<ElementDType, number>> = {
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
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
  float8e8m0: 24,
  uint2: 25,
  int2: 26,
};

const TYPES = new Map(Object.entries(NUMBERS).map(([dtype, number]) => [number, dtype as DType]));

/** The element type of ONNX's number, or undefined where it has none. */
export function dtypeOf(number: number | undefined): DType | undefined {
  return TYPES.get(number ?? 0);
}

/** ONNX's number of an element type. */
export function numberOf(dtype: DType): number {
  return NUMBERS[dtype as ElementDType];
}

/** The name of ONNX's number, for messages also where it has none. */
export function dtypeName(number: number | undefined): string {
  return dtypeOf(number) ?? (number ? `type ${number}` : 'undefined');
}

/** Types by the names that Cast-1 has for them (`FLOAT`, `INT32`, …). */
export function dtypeByProtoName(name: string): DType | undefined {
  const lower = name.toLowerCase();
  if (lower === 'float') return 'float32';
  if (lower === 'double') return 'float64';
  return Object.hasOwn(NUMBERS, lower) ? (lower as DType) : undefined;
}
