// Between numbers and what arrays hold of them, for the types whose arrays do not hold the numbers themselves (floats
// below 32 bits) or would hold too many (integers below 8 bits).

import { bitWidth, type DType, isUnsigned } from './dtype.ts';
import {
  decodeFloat,
  encodeFloat,
  FLOAT4E2M1,
  FLOAT8E4M3FN,
  FLOAT8E4M3FNUZ,
  FLOAT8E5M2,
  FLOAT8E5M2FNUZ,
  type FloatFormat,
} from './float-format.ts';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half.ts';

/** How numbers become float8. Other types have one way each. */
export interface CastOptions {
  /** What is too large becomes the largest number; otherwise infinity, or NaN where the type has none. */
  readonly saturate?: boolean;
  /** float8e8m0 only: to the power of two above, below or nearest (halfway: above). `up` by default. */
  readonly round?: 'up' | 'down' | 'nearest';
}

export interface Codec {
  /** The number of what an array holds. */
  decode(code: number): number;
  /**
   * What an array holds of the number, rounded to nearest even; without options nothing saturates, so that infinities stay
   * what they are. Integers take integers, and wrap around.
   */
  encode(value: number, options?: CastOptions): number;
}

const CODECS: Readonly<Partial<Record<DType, Codec>>> = {
  float16: { decode: fromFloat16, encode: toFloat16 },
  bfloat16: { decode: fromBfloat16, encode: toBfloat16 },
  float8e4m3fn: tabled(FLOAT8E4M3FN),
  float8e4m3fnuz: tabled(FLOAT8E4M3FNUZ),
  float8e5m2: tabled(FLOAT8E5M2),
  float8e5m2fnuz: tabled(FLOAT8E5M2FNUZ),
  float8e8m0: powersOfTwo(),
  float4e2m1: tabled(FLOAT4E2M1),
  int4: wrapping('int4'),
  uint4: wrapping('uint4'),
  int2: wrapping('int2'),
  uint2: wrapping('uint2'),
};

/** The codec of a type; undefined where its arrays hold plain numbers or bigints. */
export function codecOf(dtype: DType): Codec | undefined {
  return CODECS[dtype];
}

function tabled(format: FloatFormat): Codec {
  const numbers = Float64Array.from({ length: 2 ** format.bits }, (_, code) => decodeFloat(code, format));
  return {
    decode: (code) => numbers[code]!,
    encode: (value, options) => encodeFloat(value, format, options?.saturate ?? false),
  };
}

/**
 * float8e8m0: code c is 2^(c − 127), 255 is NaN; no sign, no zero. What is below 2^−127 becomes that, what is above 2^127
 * becomes that, and both NaN where it is not to saturate. Negative numbers, of which ONNX says nothing, lose their sign.
 */
function powersOfTwo(): Codec {
  const [bias, nan] = [127, 255];
  return {
    decode: (code) => (code === nan ? Number.NaN : 2 ** (code - bias)),
    encode(value, { saturate = false, round = 'up' } = {}) {
      const magnitude = Math.abs(value);
      if (Number.isNaN(value)) return nan;
      if (magnitude < 2 ** -bias) return saturate ? 0 : nan;
      if (magnitude > 2 ** bias) return saturate ? nan - 1 : nan;
      let exponent = Math.floor(Math.log2(magnitude));
      // The logarithm is not exact next to powers of two.
      if (2 ** exponent > magnitude) exponent--;
      else if (2 ** (exponent + 1) <= magnitude) exponent++;
      const rest = magnitude / 2 ** exponent - 1;
      if (round === 'up' ? rest > 0 : round === 'nearest' && rest >= 0.5) exponent++;
      return exponent + bias;
    },
  };
}

function wrapping(dtype: DType): Codec {
  const rest = 32 - bitWidth(dtype);
  return {
    decode: (code) => code,
    encode: isUnsigned(dtype) ? (value) => (value << rest) >>> rest : (value) => (value << rest) >> rest,
  };
}
