// Sets of element types that operand specifications share.

import type { DType } from '../dtype.ts';

export const FLOATS: readonly DType[] = ['float32', 'float16', 'bfloat16', 'float64'];
export const SIGNED_INTEGERS: readonly DType[] = ['int64', 'int32', 'int16', 'int8'];
export const UNSIGNED_INTEGERS: readonly DType[] = ['uint64', 'uint32', 'uint16', 'uint8'];
export const INTEGERS: readonly DType[] = [...SIGNED_INTEGERS, ...UNSIGNED_INTEGERS];
export const SIGNED: readonly DType[] = [...FLOATS, ...SIGNED_INTEGERS];
export const NUMBERS: readonly DType[] = [...FLOATS, ...INTEGERS];
export const BOOL: readonly DType[] = ['bool'];
export const FLOAT8: readonly DType[] = ['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz'];
/** Types that are stored and cast, and that nothing is computed in. */
export const SMALL_FLOATS: readonly DType[] = [...FLOAT8, 'float8e8m0', 'float4e2m1'];
export const SMALL_INTEGERS: readonly DType[] = ['int4', 'uint4', 'int2', 'uint2'];
/** What can be cast: all but complex numbers. */
export const CASTABLE: readonly DType[] = [...NUMBERS, ...BOOL, ...SMALL_FLOATS, ...SMALL_INTEGERS, 'string'];
/** Index and shape operands. */
export const INDICES: readonly DType[] = ['int64', 'int32'];
