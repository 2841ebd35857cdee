// Floats of 16 bits and fewer, as data: where their fields are, and which codes are infinity and NaN. Encoding rounds a
// float64 once, to nearest even, whatever the format.

import type { DType } from './dtype.ts';

/** A format with a sign bit on top, then exponent and mantissa. Codes are without the sign unless told otherwise. */
export interface FloatFormat {
  readonly bits: number;
  /** Bits of the mantissa. */
  readonly mantissa: number;
  /** Exponent of the smallest normal number. */
  readonly least: number;
  /** Code of the largest finite number. */
  readonly largest: number;
  /** Code of infinity; absent where the format has none. */
  readonly infinity?: number;
  /** What NaN becomes, with its sign bit. */
  readonly nan: number;
  /** True where −0 and −NaN are not there: the code of −0 is NaN (the `uz` formats). */
  readonly unsignedZero?: boolean;
  /** True where there is no NaN: what `nan` says is a number like others. */
  readonly noNan?: boolean;
}

export const FLOAT16: FloatFormat = {
  bits: 16,
  mantissa: 10,
  least: -14,
  largest: 0x7bff,
  infinity: 0x7c00,
  nan: 0x7e00,
};
export const BFLOAT16: FloatFormat = {
  bits: 16,
  mantissa: 7,
  least: -126,
  largest: 0x7f7f,
  infinity: 0x7f80,
  nan: 0x7fc0,
};
export const FLOAT8E4M3FN: FloatFormat = { bits: 8, mantissa: 3, least: -6, largest: 0x7e, nan: 0x7f };
export const FLOAT8E4M3FNUZ: FloatFormat = {
  bits: 8,
  mantissa: 3,
  least: -7,
  largest: 0x7f,
  nan: 0x80,
  unsignedZero: true,
};
export const FLOAT8E5M2: FloatFormat = { bits: 8, mantissa: 2, least: -14, largest: 0x7b, infinity: 0x7c, nan: 0x7e };
export const FLOAT8E5M2FNUZ: FloatFormat = {
  bits: 8,
  mantissa: 2,
  least: -15,
  largest: 0x7f,
  nan: 0x80,
  unsignedZero: true,
};
/** NaN becomes −0, as in ml_dtypes, by which ONNX's cases were made. */
export const FLOAT4E2M1: FloatFormat = { bits: 4, mantissa: 1, least: 0, largest: 0x7, nan: 0x8, noNan: true };

/** The formats of the element types that have one. */
export const FLOAT_FORMATS: Readonly<Partial<Record<DType, FloatFormat>>> = {
  float16: FLOAT16,
  bfloat16: BFLOAT16,
  float8e4m3fn: FLOAT8E4M3FN,
  float8e4m3fnuz: FLOAT8E4M3FNUZ,
  float8e5m2: FLOAT8E5M2,
  float8e5m2fnuz: FLOAT8E5M2FNUZ,
  float4e2m1: FLOAT4E2M1,
};

const view = new DataView(new ArrayBuffer(8));

/** Powers of two from 2^−1074 on: looked up, since what is encoded comes by tens of millions. */
const POWERS = Float64Array.from({ length: 2098 }, (_, i) => 2 ** (i - 1074));

function powerOfTwo(exponent: number): number {
  return POWERS[exponent + 1074]!;
}

/**
 * The code of the nearest number. What is too large becomes the largest finite number where it is to saturate or the
 * format has nothing else, else infinity, else NaN.
 */
export function encodeFloat(value: number, format: FloatFormat, saturate: boolean): number {
  if (Number.isNaN(value)) return format.nan;
  const sign = value < 0 || Object.is(value, -0) ? 1 << (format.bits - 1) : 0;
  const magnitude = Math.abs(value);
  const code = magnitude === Number.POSITIVE_INFINITY ? magnitude : magnitudeCode(magnitude, format);
  if (code <= format.largest) return code === 0 && format.unsignedZero ? 0 : sign | code;
  if (saturate || format.noNan) return sign | format.largest;
  return format.infinity === undefined && format.unsignedZero ? format.nan : sign | (format.infinity ?? format.nan);
}

/** As if there were no largest number. */
function magnitudeCode(magnitude: number, { mantissa, least }: FloatFormat): number {
  view.setFloat64(0, magnitude);
  const exponent = Math.max((view.getUint16(0) >> 4) - 1023, least);
  // The number in units of its last place; adding and taking away 2^52 rounds it to an integer, halves to even.
  const units = magnitude * powerOfTwo(mantissa - exponent) + 2 ** 52 - 2 ** 52;
  // A carry out of the mantissa goes to the exponent by itself; below the normal numbers the exponent field is 0.
  return units + (exponent - least) * (1 << mantissa);
}

/** The number of a code. */
export function decodeFloat(bits: number, format: FloatFormat): number {
  const { mantissa, least, largest } = format;
  const signBit = 1 << (format.bits - 1);
  if (format.unsignedZero && bits === signBit) return Number.NaN;
  const code = bits & (signBit - 1);
  let value: number;
  if (code > largest) value = code === format.infinity ? Number.POSITIVE_INFINITY : Number.NaN;
  else {
    const exponent = code >> mantissa;
    const fraction = code & ((1 << mantissa) - 1);
    const last = powerOfTwo(least - mantissa + Math.max(exponent - 1, 0));
    value = (exponent === 0 ? fraction : fraction + (1 << mantissa)) * last;
  }
  return bits & signBit ? -value : value;
}
