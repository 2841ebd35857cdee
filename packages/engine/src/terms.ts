// What all parts of a plan are told in: element types, sizes and the expressions behind them, places in buffers.

/**
 * Element type of a tensor in the source model, by its ONNX name in lower case. `sequence` and `optional` stand for values
 * of no axes that hold other values: any number of them, or at most one. Only the host has them.
 */
export type SourceType =
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
  | 'string'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'float8e8m0'
  | 'float4e2m1'
  | 'int4'
  | 'uint4'
  | 'int2'
  | 'uint2'
  | 'complex64'
  | 'complex128'
  | 'sequence'
  | 'optional';

/**
 * How a tensor lies in a GPU buffer: a 32-bit word an element, or packed, as in memory of the source type, the first
 * element in a word's lowest bits. In a word of its own an integer is a number of 32 bits, and a float of fewer bits
 * (with `u32`) is its bits.
 */
export type StorageType = 'f32' | 'i32' | 'u32' | PackedType;

/** Several elements of 16, 8, 4 or 2 bits a word. */
export type PackedType = 'u16x2' | 'u8x4' | 'u4x8' | 'u2x16';

/** A non-negative integer that is known at build, or the value of `plan.exprs[expr]` for the shapes of this run. */
export type Size = number | { readonly expr: number };

/**
 * One operation on integers. Arguments are indices of earlier entries of `plan.exprs`.
 * `$` reads symbol k (in units of its `multipleOf`), `#` is a constant, `/` is the floor of the quotient.
 */
export type ExprNode =
  | readonly ['$', symbol: number]
  | readonly ['#', value: number]
  | readonly ['+' | '-' | '*' | '/' | 'min' | 'max', a: number, b: number];

export interface PlanRange {
  readonly buffer: number;
  readonly offset: number;
}
