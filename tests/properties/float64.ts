// What single elements have to be, in float64, and how near a result must come to that.

import { bitWidth, codecOf, type DType, isFloat, isUnsigned, rangeOf, type Tensor } from '@trtx/ir';

/** |result − expected| ≤ atol + rtol·|expected|. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** Of single float32 operations, by class. */
export const EXACT: Tolerance = { rtol: 0, atol: 0 };
export const ARITHMETIC: Tolerance = { rtol: 1e-6, atol: 1e-7 };
export const FUNCTION: Tolerance = { rtol: 1e-5, atol: 1e-6 };

/** Of a sum of `length` terms whose magnitudes sum to `scale`. */
export function ofSum(length: number, scale: number): Tolerance {
  return { rtol: Math.max(1e-5, 1e-6 * Math.sqrt(length)), atol: 1e-5 * scale };
}

/** What is left of a tolerance where results are stored in a type of fewer digits; what is exact stays so. */
export function inType({ rtol, atol }: Tolerance, dtype: DType): Tolerance {
  if (dtype !== 'float16' || (rtol === 0 && atol === 0)) return { rtol, atol };
  return { rtol: Math.max(rtol, 2e-3), atol: Math.max(atol, 1e-3) };
}

/** The elements of a tensor as numbers. */
export function numbersIn({ dtype, data }: Tensor): number[] {
  return Array.from(data as ArrayLike<number>, codecOf(dtype)?.decode ?? Number);
}

/** What an element type makes of an exact result: integers wrap around, floats round; of NaN an integer is 0. */
export function toType(value: number, dtype: DType): number {
  if (dtype === 'bool') return value === 0 ? 0 : 1;
  if (dtype === 'float32') return Math.fround(value);
  const codec = isFloat(dtype) ? codecOf(dtype) : undefined;
  if (codec) return codec.decode(codec.encode(value));
  if (Number.isNaN(value)) return 0;
  const [low, high] = rangeOf(dtype);
  if (!Number.isFinite(value)) return value < 0 ? low : high;
  const whole = BigInt(Math.trunc(value));
  const bits = bitWidth(dtype);
  return Number(isUnsigned(dtype) ? BigInt.asUintN(bits, whole) : BigInt.asIntN(bits, whole));
}

/** Below the smallest normal float32: WebGPU lets an adapter take such numbers for 0. */
export const isSubnormal = (x: number) => x !== 0 && Math.abs(x) < 2 ** -126;

/** Whether a result will do. NaN is NaN, and an infinity that infinity. */
export function isNear(actual: number, expected: number, { rtol, atol }: Tolerance): boolean {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return true;
  if (actual === 0 && isSubnormal(expected)) return true;
  return Number.isFinite(expected) && Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
}

/** The error function: Simpson's rule over the density, of which nothing is left past 6. */
export function erf(x: number): number {
  if (!(Math.abs(x) < 6)) return Math.sign(x);
  const end = Math.abs(x);
  const steps = 400;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 ? 4 : 2;
    sum += weight * Math.exp(-(((end * i) / steps) ** 2));
  }
  return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * (sum / 3) * (end / steps);
}

/** The nearest whole number, halves to the even one. */
export function roundHalfEven(x: number): number {
  const nearest = Math.round(x);
  return Math.abs(x % 1) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}
