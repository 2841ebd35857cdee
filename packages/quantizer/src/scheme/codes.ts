// The codes of each type: which numbers they are, and the code of the nearest.

import { rangeOf } from '@trtx/ir';
import type { QuantizedType } from './scheme.ts';

export interface Codes {
  /** The smallest and the largest number that a code is. */
  readonly low: number;
  readonly high: number;
  /** How many different numbers there are. */
  readonly count: number;
  /** The zero point of symmetric schemes: 0, or the middle of unsigned codes. */
  readonly middle: number;
  /**
   * The code of a number, as QuantizeLinear has it: the quotient in float32, halves to even, saturated. `scale` is a normal
   * number.
   */
  encode(value: number, scale: number, zeroPoint: number): number;
  /** The number that a code stands for, in float32, as DequantizeLinear has it. */
  decode(code: number, scale: number, zeroPoint: number): number;
}

/** 1.5 · 2⁵²: adding it and taking it away rounds a float64 to an integer, halves to even. */
const ROUNDER = 1.5 * 2 ** 52;

function integers(type: Exclude<QuantizedType, 'float4e2m1'>): Codes {
  const [low, high] = rangeOf(type);
  return {
    low,
    high,
    count: high - low + 1,
    middle: low < 0 ? 0 : (high + 1) / 2,
    encode(value, scale, zeroPoint) {
      const code = Math.fround(value / scale) + ROUNDER - ROUNDER + zeroPoint;
      return Math.max(low, Math.min(high, code));
    },
    decode: (code, scale, zeroPoint) => Math.fround((code - zeroPoint) * scale),
  };
}

/** What codes without their sign are, and the numbers between each and the next, where rounding changes over. */
const FLOAT4 = [0, 0.5, 1, 1.5, 2, 3, 4, 6];
const FLOAT4_HALVES = [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5];
const FLOAT4_SIGN = 8;

const float4: Codes = {
  low: -6,
  high: 6,
  count: 15,
  middle: 0,
  encode(value, scale) {
    const quotient = Math.fround(value / scale);
    const magnitude = Math.abs(quotient);
    let code = 0;
    // What is halfway goes to the even code.
    while (code < 7 && (code % 2 === 0 ? magnitude > FLOAT4_HALVES[code]! : magnitude >= FLOAT4_HALVES[code]!)) code++;
    return quotient < 0 ? code | FLOAT4_SIGN : code;
  },
  decode(code, scale) {
    const number = FLOAT4[code & 7]!;
    return Math.fround((code & FLOAT4_SIGN ? -number : number) * scale);
  },
};

const CODES: Readonly<Record<QuantizedType, Codes>> = {
  int8: integers('int8'),
  uint8: integers('uint8'),
  int4: integers('int4'),
  uint4: integers('uint4'),
  float4e2m1: float4,
};

export function codesOf(type: QuantizedType): Codes {
  return CODES[type];
}

/** How many steps above 0 a symmetric scheme reaches, and as many below. */
export function reachOf(type: QuantizedType): number {
  const { high, middle } = CODES[type];
  return high - middle;
}
