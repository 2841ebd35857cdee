// Elements as kernels combine them where float64 is not enough: integers of 64 bits stay bigints, all others are numbers.

import { arrayType, bitWidth, type DType, isFloat, isInteger, isUnsigned, type Tensor } from '@trtx/ir';
import { dataOf, fromFloat64, toFloat64 } from '../tensors.ts';

/** An array that holds such elements, or strings. */
export type Elements<T = number | bigint | string> = { [index: number]: T; readonly length: number };

/** The elements of a tensor; a copy, but for strings and integers of 64 bits. */
export function elementsToCompute(tensor: Tensor): Elements {
  if (tensor.dtype === 'string') return tensor.data as unknown as Elements;
  return isWide(tensor.dtype) ? (dataOf(tensor) as unknown as Elements) : toFloat64(tensor);
}

/** An array for `count` elements of the type, to be filled and given to `tensorOfElements`. */
export function newElements(dtype: DType, count: number): Elements {
  if (dtype === 'string') return new Array<string>(count).fill('');
  return isWide(dtype) ? (new (arrayType(dtype))(count) as unknown as Elements) : new Float64Array(count);
}

/** The tensor of such elements, each rounded (or wrapped) once. */
export function tensorOfElements(dtype: DType, dims: readonly number[], elements: Elements): Tensor {
  if (dtype === 'string' || isWide(dtype)) return { dtype, dims, data: elements as unknown as Tensor['data'] };
  return fromFloat64(dtype, dims, elements as Float64Array);
}

export type Combine = (a: number | bigint, b: number | bigint) => number | bigint;

/** How two elements of a type are combined; integers wrap around at their width. */
export function combiner(dtype: DType, op: 'add' | 'mul' | 'min' | 'max'): Combine {
  const combine = isWide(dtype) ? wide(dtype, op) : narrow(dtype, op);
  return combine as Combine;
}

/** What changes no element that it is combined with: of `min` and `max`, an end of the type's range. */
export function neutral(dtype: DType, op: 'add' | 'mul' | 'min' | 'max'): number | bigint {
  if (op === 'add' || op === 'mul') return isWide(dtype) ? BigInt(op === 'mul') : Number(op === 'mul');
  if (dtype === 'bool') return Number(op === 'min');
  if (isFloat(dtype)) return op === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const bits = bitWidth(dtype);
  const [low, high] = isUnsigned(dtype)
    ? [0n, 2n ** BigInt(bits) - 1n]
    : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
  const end = op === 'min' ? high : low;
  return isWide(dtype) ? end : Number(end);
}

function narrow(dtype: DType, op: 'add' | 'mul' | 'min' | 'max'): (a: number, b: number) => number {
  if (op === 'min' || (op === 'mul' && dtype === 'bool')) return Math.min;
  if (op === 'max' || (op === 'add' && dtype === 'bool')) return Math.max;
  if (!isInteger(dtype)) return op === 'add' ? (a, b) => a + b : (a, b) => a * b;
  const one = new (arrayType(dtype))(1);
  const calculate = op === 'add' ? (a: number, b: number) => a + b : Math.imul;
  return (a, b) => {
    one[0] = calculate(a, b);
    return one[0] as number;
  };
}

function wide(dtype: DType, op: 'add' | 'mul' | 'min' | 'max'): (a: bigint, b: bigint) => bigint {
  const wrap = dtype === 'uint64' ? BigInt.asUintN : BigInt.asIntN;
  if (op === 'add') return (a, b) => wrap(64, a + b);
  if (op === 'mul') return (a, b) => wrap(64, a * b);
  return op === 'min' ? (a, b) => [a, b][Number(b < a)]! : (a, b) => [a, b][Number(b > a)]!;
}

function isWide(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64';
}

/** Ascending order: NaN after all numbers, strings by their code points. */
export function compareElements(a: number | bigint | string, b: number | bigint | string): number {
  if (typeof a === 'string' || typeof b === 'string') return compareTexts(String(a), String(b));
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** JavaScript compares UTF-16 units, which puts what is beyond 0xffff before the last of what is not. */
function compareTexts(a: string, b: string): number {
  const [left, right] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  for (;;) {
    const [x, y] = [left.next(), right.next()];
    if (x.done || y.done) return Number(y.done ?? false) - Number(x.done ?? false);
    if (x.value !== y.value) return x.value.codePointAt(0)! - y.value.codePointAt(0)!;
  }
}
