// Codes: the bits that elements narrower than 32 bits are stored as, and the numbers that WGSL computes with. This file
// alone knows the bits of a type; memory.ts knows where in a word they lie.
//
// Floats are rounded to nearest even by integer arithmetic: WGSL leaves open how pack2x16float rounds, and what it makes of
// numbers that are too large; and a driver was seen to leave out `f32(f16(x))`. Without branches, which would make each of
// neighbouring elements wait for the one before.

import { bitWidth, type CastOptions, type DType, FLOAT_FORMATS, type FloatFormat } from '@trtx/ir';
import { computeOf } from '../storage.ts';
import type { Shader } from './shader.ts';

/** True for floats that are stored as codes. */
export function isNarrowFloat(dtype: DType): boolean {
  return dtype in FLOAT_FORMATS || dtype === 'float8e8m0';
}

/** The number of a code, which is a u32 expression; its bits above the code's own may be anything. */
export function decode(shader: Shader, dtype: DType, code: string): string {
  const bits = bitWidth(dtype);
  switch (computeOf(dtype)) {
    case 'bool':
      return `((${code} & 0xffu) != 0u)`;
    case 'i32':
      return `(bitcast<i32>(${code} << ${32 - bits}u) >> ${32 - bits}u)`;
    case 'u32':
      return `(${code} & ${hex(2 ** bits - 1)})`;
    case 'f32':
      return decodeFloat(shader, dtype, code);
  }
}

/** The code of a number as a u32; bits above the code's own are 0. Floats are rounded as `codecOf` says. */
export function encode(shader: Shader, dtype: DType, value: string, options: CastOptions = {}): string {
  const mask = hex(2 ** bitWidth(dtype) - 1);
  switch (computeOf(dtype)) {
    case 'bool':
      return `select(0u, 1u, ${value})`;
    case 'i32':
      return `(bitcast<u32>(${value}) & ${mask})`;
    case 'u32':
      return `(${value} & ${mask})`;
    case 'f32':
      return encodeFloat(shader, dtype, value, options);
  }
}

/** The nearest number that the type, a narrow float, has. */
export function rounded(shader: Shader, dtype: DType, value: string, options?: CastOptions): string {
  return decode(shader, dtype, encode(shader, dtype, value, options));
}

const hex = (bits: number) => `0x${bits.toString(16)}u`;

const NAN = '0x7fc00000u';

/** Bits of a float32's exponent and mantissa at 2^exponent. */
const power = (exponent: number) => (exponent + 127) * 2 ** 23;

function decodeFloat(shader: Shader, dtype: DType, code: string): string {
  if (dtype === 'float16') return `unpack2x16float(${code}).x`;
  if (dtype === 'bfloat16') return `bitcast<f32>(${code} << 16u)`;
  const name = `decode_${dtype}`;
  const format = FLOAT_FORMATS[dtype];
  shader.global(format ? decoder(name, format) : DECODE_POWER);
  return `${name}(${code})`;
}

function encodeFloat(shader: Shader, dtype: DType, value: string, { saturate = false, round = 'up' }: CastOptions) {
  const format = FLOAT_FORMATS[dtype];
  // 16 bits have an infinity, and nothing is saturated to their largest number.
  const kept = saturate && bitWidth(dtype) < 16;
  const name = `encode_${dtype}${kept ? '_saturated' : ''}${format ? '' : `_${round}`}`;
  shader.global(format ? encoder(name, format, kept) : powerEncoder(name, kept, round));
  return `${name}(${value})`;
}

function decoder(name: string, { bits, mantissa, least, largest, infinity, unsignedZero, noNan }: FloatFormat): string {
  const sign = 2 ** (bits - 1);
  const beyond = infinity === undefined ? NAN : `select(${NAN}, 0x7f800000u, magnitude == ${hex(infinity)})`;
  const lines = [
    `let magnitude = code & ${hex(sign - 1)};`,
    `var bits = (magnitude << ${23 - mantissa}u) + ${hex(power(least - 1))};`,
    `if (magnitude < ${hex(2 ** mantissa)}) { bits = bitcast<u32>(f32(magnitude) * ${2 ** (least - mantissa)}f); }`,
    ...(noNan || unsignedZero ? [] : [`if (magnitude > ${hex(largest)}) { bits = ${beyond}; }`]),
    ...(unsignedZero ? [`if ((code & ${hex(2 * sign - 1)}) == ${hex(sign)}) { bits = ${NAN}; }`] : []),
    `return bitcast<f32>(bits | ((code & ${hex(sign)}) << ${32 - bits}u));`,
  ];
  return `fn ${name}(code: u32) -> f32 {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
}

/** As `encodeFloat` of the ir, of which each line has its counterpart here. */
function encoder(name: string, format: FloatFormat, saturate: boolean): string {
  const { bits, mantissa, least, largest, infinity, nan, unsignedZero, noNan } = format;
  const shift = 23 - mantissa;
  const isHuge = saturate || noNan;
  const beyond = isHuge
    ? `sign | ${hex(largest)}`
    : infinity === undefined && unsignedZero
      ? hex(nan)
      : `sign | ${hex(infinity ?? nan)}`;
  // Below the normal numbers the places of the mantissa move down, as far as there are any. The exponents of bfloat16 are
  // those of float32.
  const places =
    power(least) === 2 ** 23
      ? [`let shift = ${shift}u;`, 'let number = magnitude;']
      : [
          `let small = magnitude < ${hex(power(least))};`,
          `let shift = select(${shift}u, min(${shift + 127 + least}u - (magnitude >> 23u), 31u), small);`,
          `let number = select(magnitude - ${hex(power(least - 1))}, (magnitude & 0x7fffffu) | 0x800000u, small);`,
        ];
  const lines = [
    'let bits = bitcast<u32>(x);',
    'let magnitude = bits & 0x7fffffffu;',
    `let sign = (bits >> 31u) << ${bits - 1}u;`,
    ...places,
    'let code = (number + (1u << (shift - 1u)) - 1u + ((number >> shift) & 1u)) >> shift;',
    `let rounded = ${unsignedZero ? 'select(sign | code, 0u, code == 0u)' : 'sign | code'};`,
    `let finite = select(rounded, ${beyond}, code > ${hex(largest)});`,
    `return select(finite, ${hex(nan)}, magnitude > 0x7f800000u);`,
  ];
  return `fn ${name}(x: f32) -> u32 {\n${lines.map((line) => `  ${line}`).join('\n')}\n}`;
}

/** float8e8m0: the exponent of a float32, in which 2^−127 is no normal number any more. */
const DECODE_POWER = `fn decode_float8e8m0(code: u32) -> f32 {
  let exponent = code & 0xffu;
  return bitcast<f32>(select(select(exponent << 23u, 0x400000u, exponent == 0u), ${NAN}, exponent == 255u));
}`;

function powerEncoder(name: string, saturate: boolean, round: NonNullable<CastOptions['round']>): string {
  const up = { up: 'rest > 0u', down: 'false', nearest: 'rest >= 0x400000u' }[round];
  return `fn ${name}(x: f32) -> u32 {
  let magnitude = bitcast<u32>(x) & 0x7fffffffu;
  if (magnitude > 0x7f800000u) { return 255u; }
  if (magnitude > ${hex(power(127))}) { return ${saturate ? 254 : 255}u; }
  if (magnitude < 0x400000u) { return ${saturate ? 0 : 255}u; }
  let exponent = magnitude >> 23u;
  // The distance to the power of two below, in parts of 2^23 of it.
  let rest = select(magnitude & 0x7fffffu, (magnitude - 0x400000u) << 1u, exponent == 0u);
  return exponent + select(0u, 1u, ${up});
}`;
}
