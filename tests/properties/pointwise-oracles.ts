// What each pointwise op computes, element by element in float64, and on what numbers it is tried.

import type { BuilderAttributes, DType } from '@trtx/ir';
import { ARITHMETIC, EXACT, erf, FUNCTION, roundHalfEven, type Tolerance, toType } from './float64.ts';
import type { Shape } from './shapes.ts';

export type Range = readonly [low: number, high: number];
export type Attributes = BuilderAttributes & Readonly<Record<string, string | number | undefined>>;

export interface PointwiseOracle {
  /** The result's element from those of the operands; bools are 0 and 1. */
  of(args: readonly number[], attributes: Attributes, types: readonly DType[]): number;
  /** Of float32 results, and of quantized ones; all others are exact. */
  readonly tolerance: Tolerance;
  /** Number of operands; 1 by default. */
  readonly operands?: number;
  /** What floats are drawn from for each operand, the last for all that follow; −4 to 4 by default. */
  readonly floats?: readonly Range[];
  /** The same for integers; by default −100 to 100, or 0 to 200. */
  readonly integers?: readonly Range[];
  /** Attributes, in turn. */
  readonly attributes?: readonly Attributes[];
  /** Types to try; by default all that the operand `typed` may have. */
  readonly dtypes?: readonly DType[];
  /** The operand whose type is tried; the first by default. */
  readonly typed?: number;
  /** Types of the operands where that of `typed` is `dtype`, for each case in turn; all alike by default. */
  types?(dtype: DType, turn: number): readonly DType[];
  /** Type of the result; `dtype` by default. */
  result?(types: readonly DType[], attributes: Attributes): DType;
  /** Shapes of the operands for a result of this shape, where they do not broadcast as in NumPy; none if it can have none. */
  shapes?(shape: Shape): readonly Shape[] | undefined;
  /** Axis of the result along which all operands but the first lie, where it is not NumPy's. */
  readonly alongAxis?: number;
}

type Unary = (x: number) => number;
type Binary = (a: number, b: number) => number;
type Options = Omit<Partial<PointwiseOracle>, 'of'>;

const unary = (tolerance: Tolerance, f: Unary, options: Options = {}): PointwiseOracle => ({
  of: ([x]) => f(x!),
  tolerance,
  ...options,
});

const binary = (tolerance: Tolerance, f: Binary, options: Options = {}): PointwiseOracle => ({
  of: ([a, b]) => f(a!, b!),
  tolerance,
  operands: 2,
  ...options,
});

const isBool: Options = { result: () => 'bool' };
const compare = (f: (a: number, b: number) => boolean) =>
  // Few different numbers, so that some are equal.
  binary(EXACT, (a, b) => Number(f(a, b)), { ...isBool, integers: [[0, 4]] });

/** A function of one number with float attributes, which a model holds as float32. */
const shaped = (tolerance: Tolerance, attributes: readonly Attributes[], f: (x: number, a: Floats) => number) => ({
  of: ([x]: readonly number[], a: Attributes) =>
    f(x!, Object.fromEntries(Object.entries(a).map(([key, value]) => [key, Math.fround(value as number)]))),
  tolerance,
  attributes,
});
type Floats = Readonly<Record<string, number>>;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const floorMod = (a: number, b: number) => a - b * Math.floor(a / b);

const WIDE: Options = { floats: [[-20, 20]] };
/** Whole and half numbers and what lies between. */
const ROUNDED: Options = { floats: [[-1000, 1000]] };

const CAST_TYPES: readonly DType[] = ['float32', 'float16', 'int32', 'uint32', 'int64', 'uint8', 'int8', 'bool'];

const cast = (to: (types: readonly DType[], attributes: Attributes) => DType): PointwiseOracle => ({
  of: ([x], attributes, types) => toType(x!, to(types, attributes)),
  tolerance: EXACT,
  result: to,
  // Numbers that every type can hold, and integers that wrap around.
  floats: [[0, 127]],
  integers: [[-1000, 1000]],
});

const quantized = (x: number, scale: number, zero: number) => clamp(roundHalfEven(x / scale) + zero, -128, 127);

export const POINTWISE: Readonly<Record<string, PointwiseOracle>> = {
  Abs: unary(EXACT, Math.abs),
  Neg: unary(EXACT, (x) => -x),
  Sqrt: unary(FUNCTION, Math.sqrt, { floats: [[0, 1000]] }),
  Exp: unary(FUNCTION, Math.exp, WIDE),
  Log: unary(FUNCTION, Math.log, { floats: [[1e-3, 1000]] }),
  Tanh: unary(FUNCTION, Math.tanh),
  Erf: unary(FUNCTION, erf),
  Floor: unary(EXACT, Math.floor, ROUNDED),
  Ceil: unary(EXACT, Math.ceil, ROUNDED),
  Round: unary(EXACT, roundHalfEven, ROUNDED),
  Not: unary(EXACT, (x) => 1 - x),
  Add: binary(ARITHMETIC, (a, b) => a + b),
  Sub: binary(ARITHMETIC, (a, b) => a - b),
  Mul: binary(ARITHMETIC, (a, b) => a * b),
  Div: {
    of: ([a, b]) => a! / b!,
    operands: 2,
    tolerance: FUNCTION,
    floats: [
      [-4, 4],
      [0.1, 9],
    ],
    integers: [
      [-100, 100],
      [1, 9],
    ],
  },
  And: binary(EXACT, (a, b) => a * b),
  Or: binary(EXACT, Math.max),
  Xor: binary(EXACT, (a, b) => Number(a !== b)),
  Equal: compare((a, b) => a === b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Pow: {
    // As in C, 1 to any power is 1, and so is −1 to an infinite one.
    ...binary(FUNCTION, (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b), {
      floats: [
        [0.01, 5],
        [-4, 4],
      ],
      integers: [
        [-5, 6],
        [0, 6],
      ],
    }),
    types: (dtype, turn) => [dtype, turn % 2 ? 'int32' : dtype],
  },
  Reciprocal: unary(FUNCTION, (x) => 1 / x, { floats: [[0.1, 9]] }),
  Relu: unary(EXACT, (x) => Math.max(x, 0)),
  LeakyRelu: shaped(ARITHMETIC, [{ alpha: 0.01 }, { alpha: 0.3 }, { alpha: -1 }], (x, { alpha }) =>
    x >= 0 ? x : alpha! * x,
  ),
  Sigmoid: unary(FUNCTION, sigmoid, WIDE),
  HardSigmoid: shaped(
    ARITHMETIC,
    [
      { alpha: 0.2, beta: 0.5 },
      { alpha: 1, beta: -1 },
    ],
    (x, { alpha, beta }) => clamp(alpha! * x + beta!, 0, 1),
  ),
  HardSwish: unary(ARITHMETIC, (x) => x * clamp(x / 6 + 0.5, 0, 1)),
  Clip: {
    of: ([x, low, high]) => Math.min(Math.max(x!, low!), high!),
    tolerance: EXACT,
    operands: 3,
    // ONNX wants scalars.
    shapes: (shape) => [shape, [], []],
    floats: [
      [-4, 4],
      [-2, 0],
      [-0.5, 2],
    ],
    integers: [
      [-100, 100],
      [0, 9],
      [5, 50],
    ],
  },
  Where: {
    of: ([test, x, y]) => (test ? x! : y!),
    tolerance: EXACT,
    operands: 3,
    typed: 1,
    types: (dtype) => ['bool', dtype, dtype],
  },
  Cast: { ...cast((_, { to }) => to as DType), attributes: CAST_TYPES.map((to) => ({ to })) },
  CastLike: {
    ...cast(([, to]) => to!),
    operands: 2,
    types: (dtype, turn) => [dtype, CAST_TYPES[turn % CAST_TYPES.length]!],
    shapes: (shape) => [shape, [3]],
  },
  Identity: unary(EXACT, (x) => x),
  Mod: {
    of: ([a, b], { fmod }) => (fmod ? a! % b! : floorMod(a!, b!)),
    tolerance: FUNCTION,
    operands: 2,
    attributes: [{ fmod: 1 }],
    floats: [
      [-9, 9],
      [1, 2],
    ],
    integers: [
      [-100, 100],
      [1, 9],
    ],
  },
  Sin: unary(FUNCTION, Math.sin, WIDE),
  Cos: unary(FUNCTION, Math.cos, WIDE),
  Tan: unary(FUNCTION, Math.tan, { floats: [[-1.5, 1.5]] }),
  Asin: unary(FUNCTION, Math.asin, { floats: [[-1, 1]] }),
  Acos: unary(FUNCTION, Math.acos, { floats: [[-1, 1]] }),
  Atan: unary(FUNCTION, Math.atan, WIDE),
  Sinh: unary(FUNCTION, Math.sinh),
  Cosh: unary(FUNCTION, Math.cosh),
  Asinh: unary(FUNCTION, Math.asinh, WIDE),
  Acosh: unary(FUNCTION, Math.acosh, { floats: [[1, 9]] }),
  Atanh: unary(FUNCTION, Math.atanh, { floats: [[-1, 1]] }),
  Sign: unary(EXACT, Math.sign),
  IsNaN: unary(EXACT, (x) => Number(Number.isNaN(x)), isBool),
  IsInf: unary(EXACT, (x) => Number(Math.abs(x) === Number.POSITIVE_INFINITY), isBool),
  BitwiseNot: unary(EXACT, (x) => -1 - x),
  BitwiseAnd: binary(EXACT, (a, b) => a & b),
  BitwiseOr: binary(EXACT, (a, b) => a | b),
  BitwiseXor: binary(EXACT, (a, b) => a ^ b),
  BitShift: {
    of: ([a, b], { direction }) => (direction === 'LEFT' ? a! * 2 ** b! : Math.floor(a! / 2 ** b!)),
    tolerance: EXACT,
    operands: 2,
    attributes: [{ direction: 'LEFT' }, { direction: 'RIGHT' }],
    integers: [
      [0, 200],
      [0, 9],
    ],
  },
  Max: { of: (args) => Math.max(...args), tolerance: EXACT, operands: 3 },
  Min: { of: (args) => Math.min(...args), tolerance: EXACT, operands: 3 },
  Sum: { of: (args) => args.reduce((a, b) => a + b), tolerance: { rtol: 1e-6, atol: 2e-6 }, operands: 4 },
  Mean: { of: (args) => Math.fround(args.reduce((a, b) => a + b)) / args.length, tolerance: FUNCTION, operands: 3 },
  Softplus: unary(FUNCTION, softplus, WIDE),
  Softsign: unary(FUNCTION, (x) => x / (1 + Math.abs(x))),
  Mish: unary(FUNCTION, (x) => x * Math.tanh(softplus(x)), WIDE),
  Elu: shaped(FUNCTION, [{ alpha: 1 }, { alpha: 0.3 }], (x, { alpha }) => (x > 0 ? x : alpha! * Math.expm1(x))),
  Celu: shaped(
    FUNCTION,
    [{ alpha: 1 }, { alpha: 2.5 }],
    (x, { alpha }) => Math.max(x, 0) + Math.min(0, alpha! * Math.expm1(x / alpha!)),
  ),
  Selu: shaped(
    FUNCTION,
    [
      { alpha: 1.6732632, gamma: 1.050701 },
      { alpha: 2, gamma: 3 },
    ],
    (x, { alpha, gamma }) => (x > 0 ? gamma! * x : gamma! * alpha! * Math.expm1(x)),
  ),
  ThresholdedRelu: shaped(EXACT, [{ alpha: 1 }, { alpha: -0.5 }], (x, { alpha }) => (x > alpha! ? x : 0)),
  Shrink: shaped(
    ARITHMETIC,
    [
      { lambd: 0.5, bias: 0 },
      { lambd: 1, bias: 1.5 },
    ],
    (x, { lambd, bias }) => (x < -lambd! ? x + bias! : x > lambd! ? x - bias! : 0),
  ),
  Swish: shaped(FUNCTION, [{ alpha: 1 }, { alpha: 1.702 }], (x, { alpha }) => x * sigmoid(alpha! * x)),
  Gelu: {
    of: ([x], { approximate }) =>
      approximate === 'tanh'
        ? (x! / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x! + 0.044715 * x! ** 3)))
        : (x! / 2) * (1 + erf(x! / Math.SQRT2)),
    tolerance: FUNCTION,
    attributes: [{ approximate: 'none' }, { approximate: 'tanh' }],
  },
  PRelu: binary(ARITHMETIC, (x, slope) => (x >= 0 ? x : slope * x)),
  SwiGLU: {
    of: ([a, b], { alpha }) => a! * sigmoid(Math.fround(alpha as number) * a!) * b!,
    tolerance: FUNCTION,
    operands: 2,
    attributes: [{ alpha: 1 }, { alpha: 1.702 }],
  },
  BatchNormalization: {
    of: ([x, scale, bias, mean, variance], { epsilon }) =>
      ((x! - mean!) / Math.sqrt(variance! + Math.fround(epsilon as number))) * scale! + bias!,
    tolerance: { rtol: 1e-5, atol: 1e-5 },
    operands: 5,
    attributes: [{ epsilon: 1e-5 }, { epsilon: 0.1 }],
    floats: [
      [-4, 4],
      [-1, 1],
      [-1, 1],
      [-1, 1],
      [0.1, 2],
    ],
    alongAxis: 1,
    shapes: (shape) => (shape.length < 2 ? undefined : [shape, ...new Array<Shape>(4).fill([shape[1]!])]),
  },
  QuantizeLinear: {
    of: ([x, scale, zero]) => quantized(x!, scale!, zero!),
    // A quotient between two numbers may go to either.
    tolerance: { rtol: 0, atol: 1 },
    dtypes: ['float32'],
    operands: 3,
    types: (dtype) => [dtype, dtype, 'int8'],
    result: () => 'int8',
    shapes: (shape) => [shape, [], []],
    floats: [
      [-40, 40],
      [0.1, 1],
    ],
  },
  DequantizeLinear: {
    of: ([x, scale, zero]) => (x! - zero!) * scale!,
    tolerance: ARITHMETIC,
    operands: 3,
    types: (dtype) => [dtype, 'float32', dtype],
    result: () => 'float32',
    shapes: (shape) => [shape, [], []],
  },
};
