// Further pointwise ops: trigonometry, tests, bits, and functions of any number of operands.

import type { DType } from '../dtype.ts';
import { defineOp, type OpDef } from '../op.ts';
import type { BinaryOp, Scalar, UnaryOp } from '../scalar.ts';
import * as s from '../scalar.ts';
import { CAST_ATTRIBUTES, castOptions, definePointwise } from './pointwise.ts';
import { CASTABLE, FLOAT8, FLOATS, INTEGERS, NUMBERS, UNSIGNED_INTEGERS } from './types.ts';

const unary = (name: string, since: number, op: UnaryOp, summary: string, types = FLOATS) =>
  definePointwise({ name, since, summary, operands: [['X', types]], scalar: (_, x) => s.unary(op, x!) });

const bits = (name: string, op: BinaryOp, summary: string) =>
  definePointwise({
    name,
    since: 18,
    summary,
    operands: [
      ['A', INTEGERS],
      ['B', INTEGERS],
    ],
    scalar: (_, a, b) => s.binary(op, a!, b!),
  });

const variadic = (name: string, since: number, op: BinaryOp, summary: string, types: readonly DType[]) =>
  definePointwise({
    name,
    since,
    summary,
    operands: [['data_0…', types]],
    scalar: (_, ...args) => args.reduce((a, b) => s.binary(op, a, b)),
  });

/** Types that have infinities or NaN; those of 8 bits are tested as float32. */
const TESTED: readonly DType[] = [...FLOATS, ...FLOAT8];
const tested = (x: Scalar) => (FLOATS.includes(x.dtype) ? x : s.cast(x, 'float32'));

export const mathOps: readonly OpDef[] = [
  unary('Sin', 22, 'sin', 'sine'),
  unary('Cos', 22, 'cos', 'cosine'),
  unary('Tan', 22, 'tan', 'tangent'),
  unary('Asin', 22, 'asin', 'inverse sine'),
  unary('Acos', 22, 'acos', 'inverse cosine'),
  unary('Atan', 22, 'atan', 'inverse tangent'),
  unary('Sinh', 22, 'sinh', 'hyperbolic sine'),
  unary('Cosh', 22, 'cosh', 'hyperbolic cosine'),
  unary('Asinh', 22, 'asinh', 'inverse hyperbolic sine'),
  unary('Acosh', 22, 'acosh', 'inverse hyperbolic cosine'),
  unary('Atanh', 22, 'atanh', 'inverse hyperbolic tangent'),
  unary('Sign', 13, 'sign', '−1, 0 or 1', NUMBERS),
  definePointwise({
    name: 'IsNaN',
    since: 20,
    summary: 'whether x is not a number',
    operands: [['X', TESTED]],
    scalar: (_, x) => s.unary('isnan', tested(x!)),
  }),
  unary('BitwiseNot', 18, 'bitnot', 'every bit inverted', INTEGERS),
  definePointwise({
    name: 'IsInf',
    since: 20,
    summary: 'whether x is infinite, of the signs asked for',
    operands: [['X', TESTED]],
    attributes: {
      detect_negative: { type: 'int', default: 1, min: 0, max: 1 },
      detect_positive: { type: 'int', default: 1, min: 0, max: 1 },
    },
    scalar(at, operand) {
      const x = tested(operand!);
      const zero = s.constant(0, x.dtype);
      const infinite = s.unary('isinf', x);
      const signs = [
        at.int('detect_negative') ? [s.compare('lt', x, zero)] : [],
        at.int('detect_positive') ? [s.compare('gt', x, zero)] : [],
      ].flat();
      if (signs.length === 2) return infinite;
      return s.binary('and', infinite, signs[0] ?? s.constant(0, 'bool'));
    },
  }),
  bits('BitwiseAnd', 'bitand', 'bits that both have'),
  bits('BitwiseOr', 'bitor', 'bits that either has'),
  bits('BitwiseXor', 'bitxor', 'bits that one has'),
  definePointwise({
    name: 'BitShift',
    since: 11,
    summary: 'X shifted by Y bits',
    operands: [
      ['X', UNSIGNED_INTEGERS],
      ['Y', UNSIGNED_INTEGERS],
    ],
    attributes: { direction: { type: 'string', required: true, oneOf: ['LEFT', 'RIGHT'] } },
    scalar: (at, x, y) => s.binary(at.string('direction') === 'LEFT' ? 'shl' : 'shr', x!, y!),
  }),
  defineOp({
    domain: '',
    name: 'CastLike',
    since: 25,
    summary: 'the value in the element type of another tensor, whose shape is its own affair',
    inputs: [
      { name: 'input', types: CASTABLE },
      { name: 'target_type', types: CASTABLE },
    ],
    outputs: [{ name: 'output' }],
    attributes: CAST_ATTRIBUTES,
    trait: {
      kind: 'pointwise',
      scalar: (at) => s.cast(s.arg(0, at.input(0).dtype), at.input(1).dtype, castOptions(at)),
    },
    infer: (at) => [{ dtype: at.input(1).dtype, shape: at.input(0).shape }],
  }),
  variadic('Max', 13, 'max', 'the largest of all operands', NUMBERS),
  variadic('Min', 13, 'min', 'the smallest of all operands', NUMBERS),
  variadic('Sum', 13, 'add', 'the sum of all operands', FLOATS),
  definePointwise({
    name: 'Mean',
    since: 13,
    summary: 'the mean of all operands',
    operands: [['data_0…', FLOATS]],
    scalar(_, ...args) {
      const sum = args.reduce((a, b) => s.binary('add', a, b));
      return s.binary('div', sum, s.constant(args.length, sum.dtype));
    },
  }),
];
