// Pointwise ops: each is a name, its operand types and a scalar expression.

import type { CastOptions } from '../codec.ts';
import { type DType, isFloat } from '../dtype.ts';
import { type AttributeSpec, defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import type { Scalar } from '../scalar.ts';
import * as s from '../scalar.ts';
import { broadcast } from './broadcast.ts';
import { BOOL, CASTABLE, FLOATS, INTEGERS, NUMBERS, SIGNED } from './types.ts';

export interface Pointwise {
  /** The default ONNX domain where absent. */
  domain?: string;
  name: string;
  since: number;
  summary: string;
  /** Operand names with their types; a trailing ? marks an optional operand, a trailing … the last as variadic. */
  operands: readonly (readonly [name: string, types?: readonly DType[], letter?: string])[];
  attributes?: Record<string, AttributeSpec>;
  /** The expression over the operands' elements; absent operands are undefined. */
  scalar(at: NodeView, ...args: Scalar[]): Scalar;
}

/** A pointwise op: its inputs broadcast, its output has the expression's type. */
export function definePointwise(p: Pointwise): OpDef {
  const scalar = (at: NodeView) =>
    p.scalar(at, ...at.inputs.map((type, i) => (type ? s.arg(i, type.dtype) : (undefined as never))));
  return defineOp({
    domain: p.domain ?? '',
    name: p.name,
    since: p.since,
    summary: p.summary,
    inputs: p.operands.map(([name, types, letter = 'T']): OperandSpec => {
      const optional = name.endsWith('?');
      const variadic = name.endsWith('…');
      return { name: optional || variadic ? name.slice(0, -1) : name, types, sameAs: letter, optional, variadic };
    }),
    outputs: [{ name: 'output' }],
    attributes: p.attributes ?? {},
    trait: { kind: 'pointwise', scalar },
    infer(at) {
      const shapes = at.inputs.flatMap((type) => (type ? [type.shape] : []));
      return [{ dtype: scalar(at).dtype, shape: broadcast(at, shapes) }];
    },
  });
}

const X = [['X', FLOATS]] as const;
const AB = (types: readonly DType[]) =>
  [
    ['A', types],
    ['B', types],
  ] as const;

/** One operand, one function of it. */
const unary = (name: string, since: number, types: readonly DType[], op: s.UnaryOp, summary: string) =>
  definePointwise({ name, since, summary, operands: [['X', types]], scalar: (_, x) => s.unary(op, x!) });

const binary = (name: string, since: number, types: readonly DType[], op: s.BinaryOp, summary: string) =>
  definePointwise({ name, since, summary, operands: AB(types), scalar: (_, a, b) => s.binary(op, a!, b!) });

const compare = (name: string, since: number, types: readonly DType[] | undefined, op: s.CompareOp, summary: string) =>
  definePointwise({ name, since, summary, operands: AB(types!), scalar: (_, a, b) => s.compare(op, a!, b!) });

const float = (value: number): AttributeSpec => ({ type: 'float', default: value });

/** Of Cast and CastLike, about casts to float8. */
export const CAST_ATTRIBUTES: Readonly<Record<string, AttributeSpec>> = {
  saturate: {
    type: 'int',
    default: 1,
    doc: 'what float8 has not becomes its largest number, otherwise infinity or NaN',
  },
  round_mode: {
    type: 'string',
    default: 'up',
    oneOf: ['up', 'down', 'nearest'],
    doc: 'of casts to float8e8m0: away from zero, towards it, or to the nearest, halfway away from zero',
  },
};

/** What the attributes say, where it is not what holds by default. */
export function castOptions(at: NodeView): CastOptions | undefined {
  const saturate = at.int('saturate') !== 0;
  const round = at.string('round_mode') as CastOptions['round'];
  return saturate && round === 'up' ? undefined : { saturate, round };
}

/** A number of the operand's type. */
const like = (x: Scalar, value: number) => s.constant(value, x.dtype);

/** Whole powers of integers are computed in integers, which are exact. */
function power(x: Scalar, y: Scalar): Scalar {
  const whole = s.binary('pow', x, s.cast(y, x.dtype));
  if (isFloat(x.dtype) || !isFloat(y.dtype)) return whole;
  const fractional = s.cast(s.binary('pow', s.cast(x, y.dtype), y), x.dtype);
  return s.select(s.compare('eq', y, s.unary('floor', y)), whole, fractional);
}

export const pointwiseOps: readonly OpDef[] = [
  unary('Abs', 13, NUMBERS, 'abs', '|x|'),
  unary('Neg', 13, SIGNED, 'neg', '−x'),
  unary('Sqrt', 13, FLOATS, 'sqrt', '√x'),
  unary('Exp', 13, FLOATS, 'exp', 'eˣ'),
  unary('Log', 13, FLOATS, 'log', 'natural logarithm'),
  unary('Tanh', 13, FLOATS, 'tanh', 'hyperbolic tangent'),
  unary('Erf', 13, FLOATS, 'erf', 'error function'),
  unary('Floor', 13, FLOATS, 'floor', '⌊x⌋'),
  unary('Ceil', 13, FLOATS, 'ceil', '⌈x⌉'),
  unary('Round', 22, FLOATS, 'round', 'nearest integer, halves to even'),
  unary('Not', 1, BOOL, 'not', 'logical not'),

  binary('Add', 14, NUMBERS, 'add', 'a + b'),
  binary('Sub', 14, NUMBERS, 'sub', 'a − b'),
  binary('Mul', 14, NUMBERS, 'mul', 'a · b'),
  binary('Div', 14, NUMBERS, 'div', 'a / b; of integers truncated towards zero'),
  binary('And', 7, BOOL, 'and', 'logical and'),
  binary('Or', 7, BOOL, 'or', 'logical or'),
  binary('Xor', 7, BOOL, 'xor', 'logical exclusive or'),

  compare('Equal', 19, undefined, 'eq', 'a = b'),
  compare('Less', 13, NUMBERS, 'lt', 'a < b'),
  compare('LessOrEqual', 16, NUMBERS, 'le', 'a ≤ b'),
  compare('Greater', 13, NUMBERS, 'gt', 'a > b'),
  compare('GreaterOrEqual', 16, NUMBERS, 'ge', 'a ≥ b'),

  definePointwise({
    name: 'Pow',
    since: 15,
    summary: 'xʸ, in the type of x, cut off where that is an integer',
    operands: [
      ['X', [...FLOATS, 'int32', 'int64']],
      ['Y', NUMBERS, 'T1'],
    ],
    scalar: (_, x, y) => power(x!, y!),
  }),
  definePointwise({
    name: 'Reciprocal',
    since: 13,
    summary: '1/x',
    operands: X,
    scalar: (_, x) => s.binary('div', like(x!, 1), x!),
  }),
  definePointwise({
    name: 'Relu',
    since: 14,
    summary: 'max(x, 0)',
    operands: [['X', [...FLOATS, ...SIGNED.filter((t) => !FLOATS.includes(t))]]],
    scalar: (_, x) => s.binary('max', x!, like(x!, 0)),
  }),
  definePointwise({
    name: 'LeakyRelu',
    since: 16,
    summary: 'x where x ≥ 0, else alpha·x',
    operands: X,
    attributes: { alpha: float(0.01) },
    scalar: (at, x) => s.select(s.compare('ge', x!, like(x!, 0)), x!, s.binary('mul', like(x!, at.float('alpha')), x!)),
  }),
  definePointwise({
    name: 'Sigmoid',
    since: 13,
    summary: '1/(1+e⁻ˣ)',
    operands: X,
    scalar: (_, x) => s.sigmoid(x!),
  }),
  definePointwise({
    name: 'HardSigmoid',
    since: 22,
    summary: 'min(1, max(0, alpha·x + beta))',
    operands: X,
    attributes: { alpha: float(0.2), beta: float(0.5) },
    scalar: (at, x) => {
      const line = s.binary('add', s.binary('mul', x!, like(x!, at.float('alpha'))), like(x!, at.float('beta')));
      return s.clamp(line, like(x!, 0), like(x!, 1));
    },
  }),
  definePointwise({
    name: 'HardSwish',
    since: 22,
    summary: 'x · min(1, max(0, x/6 + 1/2))',
    operands: X,
    scalar: (_, x) => {
      const line = s.binary('add', s.binary('mul', x!, like(x!, 1 / 6)), like(x!, 0.5));
      return s.binary('mul', x!, s.clamp(line, like(x!, 0), like(x!, 1)));
    },
  }),
  definePointwise({
    name: 'Clip',
    since: 13,
    summary: 'x limited to [min, max]; either may be absent',
    operands: [
      ['input', NUMBERS],
      ['min?', NUMBERS],
      ['max?', NUMBERS],
    ],
    scalar: (_, x, low, high) => {
      const floored = low ? s.binary('max', x!, low) : x!;
      return high ? s.binary('min', floored, high) : floored;
    },
  }),
  definePointwise({
    name: 'Where',
    since: 16,
    summary: 'X where the condition holds, else Y',
    operands: [['condition', BOOL, 'B'], ['X'], ['Y']],
    scalar: (_, test, x, y) => s.select(test!, x!, y!),
  }),
  definePointwise({
    name: 'Cast',
    since: 25,
    summary: 'the value in another element type',
    operands: [['input', CASTABLE]],
    attributes: {
      to: { type: 'string', required: true, oneOf: CASTABLE, doc: 'name of the element type' },
      ...CAST_ATTRIBUTES,
    },
    scalar: (at, x) => s.cast(x!, at.string('to') as DType, castOptions(at)),
  }),
  definePointwise({
    name: 'Identity',
    since: 24,
    summary: 'the value itself',
    operands: [['input']],
    scalar: (_, x) => x!,
  }),
];

/** Integer ops that shape arithmetic needs beside the above. */
export const integerOps: readonly OpDef[] = [
  definePointwise({
    name: 'Mod',
    since: 13,
    summary: 'remainder with the sign of the divisor, or of the dividend where fmod is 1',
    operands: AB(NUMBERS),
    attributes: { fmod: { type: 'int', default: 0, min: 0, max: 1 } },
    scalar: (at, a, b) => s.binary(at.int('fmod') || !INTEGERS.includes(a!.dtype) ? 'fmod' : 'mod', a!, b!),
  }),
];
