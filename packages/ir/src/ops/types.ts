// Sets of element types that operand specifications share.

import type { DType } from '../dtype.ts';

export const FLOATS: readonly DType[] = ['float32', 'float16', 'bfloat16', 'float64'];
export const SIGNED_INTEGERS: readonly DType[] = ['int64', 'int32', 'int16', 'int8'];
export const UNSIGNED_INTEGERS: readonly DType[] = ['uint64', 'uint32', 'uint16', 'uint8'];
export const INTEGERS: readonly DType[] = [...SIGNED_INTEGERS, ...UNSIGNED_INTEGERS];
export const SIGNED: readonly DType[] = [...FLOATS, ...SIGNED_INTEGERS];
export const NUMBERS: readonly DType[] = [...FLOATS, ...INTEGERS];
export const BOOL: readonly DType[] = ['bool'];
/** Index and shape operands. */
export const INDICES: readonly DType[] = ['int64', 'int32'];
