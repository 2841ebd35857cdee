// Prints a scalar expression as WGSL, with the semantics that ir/scalar.ts defines.
//
// WGSL lets an implementation assume that NaN and infinities do not occur, so they are made and tested by their bits.

import { TrtxError } from '@trtx/errors';
import { type DType, isFloat, isInteger, type Scalar } from '@trtx/ir';
import { type ComputeType, computeOf } from '../storage.ts';
import type { Shader } from './shader.ts';

/** The expression's value; `args` are WGSL expressions of the compute types of the arguments. */
export function printScalar(shader: Shader, s: Scalar, args: (index: number) => string): string {
  const print = (x: Scalar): string => {
    switch (x.kind) {
      case 'arg':
        return args(x.index);
      case 'const':
        return literal(shader, x.value, computeOf(x.dtype));
      case 'cast':
        return printCast(shader, print(x.a), x.a.dtype, x.dtype);
      case 'select':
        return `select(${print(x.b)}, ${print(x.a)}, ${print(x.test)})`;
      case 'compare':
        return `(${print(x.a)} ${COMPARE[x.op]} ${print(x.b)})`;
      case 'unary':
        return printUnary(shader, x.op, shader.let(print(x.a)), x.a.dtype);
      case 'binary':
        return printBinary(shader, x.op, print(x.a), print(x.b), x.dtype);
    }
  };
  return print(s);
}

/** A number as a WGSL literal. */
export function literal(shader: Shader, value: number, type: ComputeType): string {
  if (type === 'bool') return value ? 'true' : 'false';
  if (type === 'u32') return `${Math.min(Math.max(value, 0), 2 ** 32 - 1)}u`;
  if (type === 'i32')
    return value <= -(2 ** 31)
      ? 'i32(-2147483647 - 1)'
      : `${value < 0 ? `(${value})` : Math.min(value, 2 ** 31 - 1)}${value < 0 ? '' : 'i'}`;
  if (Number.isNaN(value)) return bits(shader, 'nan', 0x7fc00000);
  if (!Number.isFinite(Math.fround(value)))
    return value > 0 ? bits(shader, 'inf', 0x7f800000) : `(-${bits(shader, 'inf', 0x7f800000)})`;
  const rounded = Math.fround(value);
  const digits = Object.is(rounded, -0) ? '-0.0' : String(rounded);
  const float = /[.e]/.test(digits) ? `${digits}f` : `${digits}.0f`;
  return float.startsWith('-') ? `(${float})` : float;
}

const COMPARE = { eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

/** A constant NaN or infinity is an error in WGSL; bits that pass through a variable are not. */
function bits(shader: Shader, name: string, pattern: number): string {
  shader.global(`var<private> ${name}_bits: u32 = ${pattern}u;`);
  return `bitcast<f32>(${name}_bits)`;
}

function printUnary(shader: Shader, op: string, a: string, dtype: DType): string {
  const float = isFloat(dtype);
  switch (op) {
    case 'neg':
      return `(-${a})`;
    case 'not':
      return `(!${a})`;
    case 'bitnot':
      return `(~${a})`;
    case 'sign':
      return float ? `sign(${a})` : computeOf(dtype) === 'u32' ? `min(${a}, 1u)` : `sign(${a})`;
    case 'abs':
      return computeOf(dtype) === 'u32' ? a : `abs(${a})`;
    case 'erf':
      shader.global(ERF);
      return `erf(${a})`;
    case 'tanh':
      // Some drivers compute tanh by exponentials that overflow.
      return `tanh(clamp(${a}, -15.0f, 15.0f))`;
    case 'isnan':
      return `((bitcast<u32>(${a}) & 0x7fffffffu) > 0x7f800000u)`;
    case 'isinf':
      return `((bitcast<u32>(${a}) & 0x7fffffffu) == 0x7f800000u)`;
    default:
      return `${op}(${a})`;
  }
}

function printBinary(shader: Shader, op: string, a: string, b: string, dtype: DType): string {
  const float = isFloat(dtype);
  switch (op) {
    case 'add':
      return `(${a} + ${b})`;
    case 'sub':
      return `(${a} - ${b})`;
    case 'mul':
      return `(${a} * ${b})`;
    case 'div': {
      if (float) return `(${a} / ${b})`;
      const divisor = shader.let(b);
      return `select(0${suffix(dtype)}, ${a} / ${divisor}, ${divisor} != 0${suffix(dtype)})`;
    }
    case 'pow':
      if (!float) throw unsupported('pow', dtype);
      shader.global(POWER);
      return `power(${a}, ${b})`;
    case 'mod':
    case 'fmod': {
      const x = shader.let(a);
      const y = shader.let(b);
      if (float) return op === 'fmod' ? `(${x} - ${y} * trunc(${x} / ${y}))` : `(${x} - ${y} * floor(${x} / ${y}))`;
      const zero = `0${suffix(dtype)}`;
      const rest = shader.let(`select(${zero}, ${x} % ${y}, ${y} != ${zero})`);
      if (op === 'fmod' || computeOf(dtype) === 'u32') return rest;
      return `select(${rest}, ${rest} + ${y}, ${rest} != ${zero} && (${rest} < ${zero}) != (${y} < ${zero}))`;
    }
    case 'min':
    case 'max':
      return `${op}(${a}, ${b})`;
    case 'and':
      return `(${a} && ${b})`;
    case 'or':
      return `(${a} || ${b})`;
    case 'xor':
      return `(${a} != ${b})`;
    case 'bitand':
      return `(${a} & ${b})`;
    case 'bitor':
      return `(${a} | ${b})`;
    case 'bitxor':
      return `(${a} ^ ${b})`;
    case 'shl':
    case 'shr': {
      const by = shader.let(`u32(${b})`);
      return `select(0${suffix(dtype)}, ${a} ${op === 'shl' ? '<<' : '>>'} ${by}, ${by} < 32u)`;
    }
    default:
      throw unsupported(op, dtype);
  }
}

function printCast(shader: Shader, a: string, from: DType, to: DType): string {
  const source = computeOf(from);
  const target = computeOf(to);
  if (target === 'bool') return source === 'bool' ? a : `(${a} != ${literal(shader, 0, source)})`;
  if (source === 'bool') return `select(${literal(shader, 0, target)}, ${literal(shader, 1, target)}, ${a})`;
  if (!isInteger(to)) return source === target ? a : `${target}(${a})`;
  const width = to.endsWith('8') ? 8 : to.endsWith('16') ? 16 : 32;
  if (source !== 'f32') {
    const same = source === target ? a : `${target}(${a})`;
    if (width === 32) return same;
    // Wrap around at the narrower width; i32 shifts right by sign.
    return target === 'u32' ? `(${same} & ${2 ** width - 1}u)` : `((${same} << ${32 - width}u) >> ${32 - width}u)`;
  }
  const low = target === 'u32' ? 0 : -(2 ** (width - 1));
  const high = target === 'u32' ? 2 ** width - 1 : 2 ** (width - 1) - 1;
  const x = shader.let(a);
  const whole =
    width === 32
      ? `${target}(${x})`
      : `clamp(${target}(${x}), ${literal(shader, low, target)}, ${literal(shader, high, target)})`;
  // WGSL's conversion saturates; NaN becomes 0 by definition here.
  return `select(${whole}, ${literal(shader, 0, target)}, (bitcast<u32>(${x}) & 0x7fffffffu) > 0x7f800000u)`;
}

function suffix(dtype: DType): string {
  return computeOf(dtype) === 'u32' ? 'u' : 'i';
}

function unsupported(op: string, dtype: DType): TrtxError {
  return new TrtxError('UNSUPPORTED_TYPE', `${op} of ${dtype} has no GPU form`);
}

/**
 * erf by its Taylor series near 0 and by W. J. Cody's form exp(−x²)·P(t) elsewhere (Abramowitz and Stegun 7.1.26,
 * absolute error below 1.5e-7 in exact arithmetic).
 */
const ERF = `fn erf(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.5f) {
    let s = x * x;
    return x * 1.1283791671f * (1.0f + s * (-0.3333333333f + s * (0.1f + s * (-0.0238095238f + s * (0.0046296296f + s * (-0.000757575758f + s * 0.000106837607f))))));
  }
  let t = 1.0f / (1.0f + 0.3275911f * a);
  let poly = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
  return sign(x) * (1.0f - poly * exp(-a * a));
}`;

/** WGSL's pow is undefined for a negative base, which IEEE 754 defines for integral exponents. */
const POWER = `fn power(x: f32, y: f32) -> f32 {
  if (x >= 0.0f) { return select(pow(x, y), 1.0f, y == 0.0f); }
  let size = pow(-x, y);
  let odd = abs(y) % 2.0f == 1.0f;
  var undefined_bits = 0x7fc00000u;
  return select(bitcast<f32>(undefined_bits), select(size, -size, odd), floor(y) == y);
}`;
