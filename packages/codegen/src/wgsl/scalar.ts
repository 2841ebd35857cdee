// Prints a scalar expression as WGSL, with the semantics that ir/scalar.ts defines.
//
// WGSL evaluates an expression of constants when it compiles the module, and takes an overflow there for an error: an
// operation whose operands are all constant reads one of them through a declaration.

import { TrtxError } from '@trtx/errors';
import {
  type BinaryOp,
  bitWidth,
  type CastOptions,
  type DType,
  isFloat,
  isInteger,
  type Scalar,
  type UnaryOp,
} from '@trtx/ir';
import { type ComputeType, computeOf } from '../storage.ts';
import { isNarrowFloat, rounded } from './codes.ts';
import { call } from './functions.ts';
import type { Shader } from './shader.ts';

/** Operations that are to be checked, and the bit of the group's status that tells. */
export interface Checks {
  readonly open: ReadonlySet<Scalar>;
  readonly bit: number;
}

/**
 * The expression's value; `args` are WGSL expressions of the compute types of the arguments.
 * @param checks of integers of 64 bits that 32 may not hold: `add` to `pow`, and casts of floats
 */
export function printScalar(shader: Shader, s: Scalar, args: (index: number) => string, checks?: Checks): string {
  // What a select does not choose is computed too, and may be what it likes.
  const tests: string[] = [];
  const bit = () => (tests.length > 0 ? `select(0u, ${checks!.bit}u, ${tests.join(' & ')})` : `${checks!.bit}u`);
  const printWhere = (test: string, x: Scalar): string => {
    tests.push(test);
    const text = shader.let(print(x));
    tests.pop();
    return text;
  };
  const print = (x: Scalar): string => {
    if (checks?.open.has(x)) {
      if (x.kind === 'binary') return call(shader, `checked_${x.op}`, print(x.a), print(x.b), bit());
      if (x.kind === 'unary') return call(shader, `checked_${x.op}`, print(x.a), bit());
      if (x.kind === 'cast') return call(shader, 'checked_cast', print(x.a), bit());
    }
    switch (x.kind) {
      case 'arg':
        return args(x.index);
      case 'const':
        return literal(shader, x.value, computeOf(x.dtype));
      case 'cast':
        return printCast(shader, variable(shader, print(x.a)), x.a.dtype, x.dtype, x.options);
      case 'select':
        if (checks) {
          const test = shader.let(print(x.test), 'test');
          return `select(${printWhere(`!${test}`, x.b)}, ${printWhere(test, x.a)}, ${test})`;
        }
        return `select(${print(x.b)}, ${print(x.a)}, ${print(x.test)})`;
      case 'compare':
        return printCompare(x.op, print(x.a), print(x.b), x.a.dtype);
      case 'unary':
        return printUnary(shader, x.op, variable(shader, print(x.a)), x.a.dtype);
      case 'binary': {
        const a = print(x.a);
        const b = print(x.b);
        return printBinary(shader, x.op, isLiteral(b) ? variable(shader, a) : a, b, x.dtype);
      }
    }
  };
  return print(s);
}

/** A number as a WGSL literal, or an expression where WGSL has no literal for it. */
export function literal(shader: Shader, value: number, type: ComputeType): string {
  if (type === 'bool') return value ? 'true' : 'false';
  if (type === 'u32') return `${Math.min(Math.max(value, 0), 2 ** 32 - 1)}u`;
  if (type === 'i32') {
    if (value <= -(2 ** 31)) return 'i32(-2147483647 - 1)';
    return value < 0 ? `(${value}i)` : `${Math.min(value, 2 ** 31 - 1)}i`;
  }
  if (Number.isNaN(value)) return call(shader, 'nan');
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) return value > 0 ? call(shader, 'inf') : `(-${call(shader, 'inf')})`;
  const digits = Object.is(rounded, -0) ? '-0.0' : String(rounded);
  const float = /[.e]/.test(digits) ? `${digits}f` : `${digits}.0f`;
  return float.startsWith('-') ? `(${float})` : float;
}

function isLiteral(expression: string): boolean {
  return /^\(?-?\d[\w.+-]*\)?$|^(true|false)$|^i32\(-2147483647 - 1\)$/.test(expression);
}

/** The expression, which is no constant to WGSL. */
function variable(shader: Shader, expression: string): string {
  if (!isLiteral(expression)) return expression;
  const name = shader.name('v');
  shader.line(`let ${name} = ${expression};`);
  return name;
}

const COMPARE = { eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' } as const;

/** A comparison of two WGSL expressions. */
export function printCompare(op: keyof typeof COMPARE, a: string, b: string, dtype: DType): string {
  // Compilers make `!=` of floats one that is false for NaN.
  return op === 'ne' && isFloat(dtype) ? `!(${a} == ${b})` : `(${a} ${COMPARE[op]} ${b})`;
}

/** Functions that print as a call of one of functions.ts; those that are missing are built-ins of the same name. */
const UNARY_FUNCTIONS: Partial<Record<UnaryOp, string>> = {
  sign: 'signum',
  exp: 'exponential',
  log: 'logarithm',
  erf: 'erf',
  sin: 'sine',
  cos: 'cosine',
  tan: 'tangent',
  acos: 'arc_cosine',
  sinh: 'hyperbolic_sine',
  cosh: 'hyperbolic_cosine',
  tanh: 'hyperbolic_tangent',
  asinh: 'area_sine',
  acosh: 'area_cosine',
  atanh: 'area_tangent',
  isnan: 'is_nan',
  isinf: 'is_inf',
};

function printUnary(shader: Shader, op: UnaryOp, a: string, dtype: DType): string {
  if (op === 'not') return `(!${a})`;
  if (isFloat(dtype)) {
    if (op === 'neg') return `(-${a})`;
    const name = UNARY_FUNCTIONS[op];
    return name ? call(shader, name, a) : `${op}(${a})`;
  }
  const unsigned = computeOf(dtype) === 'u32';
  switch (op) {
    case 'neg':
      return wrap(unsigned ? `(0u - ${a})` : `(-${a})`, dtype);
    case 'bitnot':
      return wrap(`(~${a})`, dtype);
    case 'abs':
      return unsigned ? a : wrap(`abs(${a})`, dtype);
    case 'sign':
      return unsigned ? `min(${a}, 1u)` : `sign(${a})`;
    case 'floor':
    case 'ceil':
    case 'round':
      return a;
    default:
      throw unsupported(op, dtype);
  }
}

const OPERATORS: Partial<Record<BinaryOp, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  // Of bool too: `&&` would be a branch.
  and: '&',
  or: '|',
  xor: '!=',
  bitand: '&',
  bitor: '|',
  bitxor: '^',
};

const FLOAT_FUNCTIONS: Partial<Record<BinaryOp, string>> = {
  pow: 'power',
  mod: 'modulo',
  fmod: 'remainder',
  min: 'minimum',
  max: 'maximum',
};

/** One operation on two WGSL expressions, at most one of which is constant. */
export function printBinary(shader: Shader, op: BinaryOp, a: string, b: string, dtype: DType): string {
  const operator = OPERATORS[op];
  if (operator) {
    const text = `(${a} ${operator} ${b})`;
    return op === 'add' || op === 'sub' || op === 'mul' ? wrap(text, dtype) : text;
  }
  if (!isFloat(dtype)) return printInteger(shader, op, a, b, dtype);
  if (op === 'div') return isLiteral(b) && !isPowerOfTwo(b) ? call(shader, 'divided', a, b) : `(${a} / ${b})`;
  const name = FLOAT_FUNCTIONS[op];
  if (!name) throw unsupported(op, dtype);
  // The functions look for NaN in their second operand where compilers would make a built-in of what is left.
  return op === 'min' || op === 'max'
    ? call(shader, name, ...(isLiteral(b) ? [b, a] : [a, b]))
    : call(shader, name, a, b);
}

/** True for 0 and powers of two: dividing by one is multiplying by its reciprocal. */
function isPowerOfTwo(literal: string): boolean {
  const [bits] = new Uint32Array(Float32Array.of(Number(literal.replaceAll(/[()f]/g, ''))).buffer);
  return (bits! & 0x7fffff) === 0;
}

function printInteger(shader: Shader, op: BinaryOp, a: string, b: string, dtype: DType): string {
  const type = computeOf(dtype);
  const zero = literal(shader, 0, type);
  switch (op) {
    case 'min':
    case 'max':
      return `${op}(${a}, ${b})`;
    case 'pow':
      return wrap(call(shader, `power_${type}`, a, b), dtype);
    case 'div':
      return wrap(divide(a, '/', shader.let(b), zero), dtype);
    case 'mod':
    case 'fmod': {
      const y = shader.let(b);
      const rest = shader.let(divide(a, '%', y, zero));
      if (op === 'fmod' || type === 'u32') return rest;
      return `select(${rest}, ${rest} + ${y}, (${rest} != ${zero}) & ((${rest} < ${zero}) != (${y} < ${zero})))`;
    }
    case 'shl':
    case 'shr': {
      const by = shader.let(`u32(${b})`);
      const shifted = `select(${zero}, ${a} ${op === 'shl' ? '<<' : '>>'} ${by}, ${by} < ${widthOf(dtype)}u)`;
      return op === 'shl' ? wrap(shifted, dtype) : shifted;
    }
    default:
      throw unsupported(op, dtype);
  }
}

/** A quotient or remainder of integers, 0 by 0. WGSL refuses a divisor that it can tell to be 0. */
function divide(a: string, operator: '/' | '%', b: string, zero: string): string {
  if (isLiteral(b)) return b === zero ? zero : `(${a} ${operator} ${b})`;
  return `select(${zero}, ${a} ${operator} ${b}, ${b} != ${zero})`;
}

function printCast(shader: Shader, a: string, from: DType, to: DType, options?: CastOptions): string {
  const source = computeOf(from);
  const target = computeOf(to);
  if (target === 'bool') return source === 'bool' ? a : printCompare('ne', a, literal(shader, 0, source), from);
  if (isNarrowFloat(to)) {
    const number = printCast(shader, a, from, 'float32');
    return rounded(shader, to, number, { saturate: true, ...options });
  }
  if (source === 'bool') return `select(${literal(shader, 0, target)}, ${literal(shader, 1, target)}, ${a})`;
  if (!isInteger(to)) return source === target ? a : `${target}(${a})`;
  if (source !== 'f32') return wrap(source === target ? a : `${target}(${a})`, to);
  const width = widthOf(to);
  // Rounded, and so large that no bit is left from 2³¹ on.
  if (width < 8) {
    const number = `select(0i, i32(round(${a})), abs(${a}) < 2147483648.0f)`;
    return wrap(target === 'u32' ? `bitcast<u32>(${number})` : number, to);
  }
  const whole = call(shader, `to_${target}`, a);
  if (width === 32) return whole;
  const low = target === 'u32' ? 0 : -(2 ** (width - 1));
  const high = target === 'u32' ? 2 ** width - 1 : 2 ** (width - 1) - 1;
  return `clamp(${whole}, ${literal(shader, low, target)}, ${literal(shader, high, target)})`;
}

/** Bits of an integer type, as far as the GPU goes. */
function widthOf(dtype: DType): number {
  return Math.min(bitWidth(dtype), 32);
}

/** An integer of 32 bits brought to the width of its type; i32 shifts right by sign. */
function wrap(value: string, dtype: DType): string {
  const width = widthOf(dtype);
  if (!isInteger(dtype) || width === 32) return value;
  return computeOf(dtype) === 'u32'
    ? `(${value} & ${2 ** width - 1}u)`
    : `((${value} << ${32 - width}u) >> ${32 - width}u)`;
}

function unsupported(op: string, dtype: DType): TrtxError {
  return new TrtxError('UNSUPPORTED_TYPE', `${op} of ${dtype} has no GPU form`);
}
