// Pointwise functions of one operand that networks put between layers.

import { isFloat } from '../dtype.ts';
import type { AttributeSpec, NodeView, OpDef } from '../op.ts';
import type { Scalar } from '../scalar.ts';
import * as s from '../scalar.ts';
import { definePointwise } from './pointwise.ts';
import { FLOATS, NUMBERS } from './types.ts';

/** A number of the operand's type. */
const like = (x: Scalar, value: number) => s.constant(value, x.dtype);
const { binary, unary, select, compare } = s;
const expm1 = (x: Scalar) => binary('sub', unary('exp', x), like(x, 1));

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), which does not overflow. */
const softplus = (x: Scalar) => {
  const small = unary('exp', unary('neg', unary('abs', x)));
  return binary('add', binary('max', x, like(x, 0)), unary('log', binary('add', like(x, 1), small)));
};

function shrink(x: Scalar, at: NodeView): Scalar {
  const bias = like(x, at.float('bias'));
  const lambd = like(x, at.float('lambd'));
  const above = select(compare('gt', x, lambd), binary('sub', x, bias), like(x, 0));
  return select(compare('lt', x, unary('neg', lambd)), binary('add', x, bias), above);
}

function activation(
  name: string,
  since: number,
  summary: string,
  defaults: Readonly<Record<string, number>>,
  scalar: (x: Scalar, at: NodeView) => Scalar,
): OpDef {
  const attributes = Object.fromEntries(
    Object.entries(defaults).map(([key, value]): [string, AttributeSpec] => [key, { type: 'float', default: value }]),
  );
  return definePointwise({
    name,
    since,
    summary,
    operands: [['X', FLOATS]],
    attributes,
    scalar: (at, x) => scalar(x!, at),
  });
}

export const activationOps: readonly OpDef[] = [
  activation('Softplus', 22, 'ln(1 + eˣ)', {}, softplus),
  activation('Softsign', 22, 'x / (1 + |x|)', {}, (x) => binary('div', x, binary('add', like(x, 1), unary('abs', x)))),
  activation('Mish', 22, 'x · tanh(ln(1 + eˣ))', {}, (x) => binary('mul', x, unary('tanh', softplus(x)))),
  activation('Elu', 22, 'x where x > 0, else alpha·(eˣ − 1)', { alpha: 1 }, (x, at) =>
    select(compare('gt', x, like(x, 0)), x, binary('mul', like(x, at.float('alpha')), expm1(x))),
  ),
  activation('Celu', 28, 'max(0, x) + min(0, alpha·(e^(x/alpha) − 1))', { alpha: 1 }, (x, at) => {
    const alpha = like(x, at.float('alpha'));
    const below = binary('min', binary('mul', alpha, expm1(binary('div', x, alpha))), like(x, 0));
    return binary('add', binary('max', x, like(x, 0)), below);
  }),
  activation(
    'Selu',
    22,
    'gamma·x where x > 0, else gamma·alpha·(eˣ − 1)',
    { alpha: 1.6732632423543772, gamma: 1.0507009873554805 },
    (x, at) => {
      const below = binary('mul', like(x, at.float('alpha')), expm1(x));
      return binary('mul', like(x, at.float('gamma')), select(compare('gt', x, like(x, 0)), x, below));
    },
  ),
  activation('ThresholdedRelu', 22, 'x where x > alpha, else 0', { alpha: 1 }, (x, at) =>
    select(compare('gt', x, like(x, at.float('alpha'))), x, like(x, 0)),
  ),
  activation('Swish', 24, 'x / (1 + e^(−alpha·x))', { alpha: 1 }, (x, at) =>
    binary('mul', x, s.sigmoid(binary('mul', like(x, at.float('alpha')), x))),
  ),
  definePointwise({
    name: 'Gelu',
    since: 20,
    summary: 'x times the normal distribution function of x, exactly or by its tanh approximation',
    operands: [['X', FLOATS]],
    attributes: { approximate: { type: 'string', default: 'none', oneOf: ['none', 'tanh'] } },
    scalar: (at, x) => (at.string('approximate') === 'tanh' ? geluTanh(x!) : gelu(x!)),
  }),
  definePointwise({
    name: 'Shrink',
    since: 9,
    summary: 'x drawn towards 0 by bias where |x| > lambd, else 0; integers as floats that are cut off',
    operands: [['input', NUMBERS]],
    attributes: { lambd: { type: 'float', default: 0.5 }, bias: { type: 'float', default: 0 } },
    scalar: (at, x) => (isFloat(x!.dtype) ? shrink(x!, at) : s.cast(shrink(s.cast(x!, 'float32'), at), x!.dtype)),
  }),
  definePointwise({
    name: 'PRelu',
    since: 16,
    summary: 'x where x ≥ 0, else slope·x',
    operands: [
      ['X', NUMBERS],
      ['slope', NUMBERS],
    ],
    scalar: (_, x, slope) => select(compare('lt', x!, like(x!, 0)), binary('mul', slope!, x!), x!),
  }),
  definePointwise({
    name: 'SwiGLU',
    since: 28,
    summary: 'a / (1 + e^(−alpha·a)) · b',
    operands: [
      ['A', FLOATS],
      ['B', FLOATS],
    ],
    attributes: { alpha: { type: 'float', default: 1 } },
    scalar: (at, a, b) =>
      binary('mul', binary('mul', a!, s.sigmoid(binary('mul', like(a!, at.float('alpha')), a!))), b!),
  }),
];

/** x/2 · (1 + erf(x/√2)) */
function gelu(x: Scalar): Scalar {
  const erf = unary('erf', binary('mul', x, like(x, Math.SQRT1_2)));
  return binary('mul', binary('mul', x, like(x, 0.5)), binary('add', like(x, 1), erf));
}

/** x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³))) */
function geluTanh(x: Scalar): Scalar {
  const cube = binary('mul', binary('mul', x, x), x);
  const inner = binary('add', x, binary('mul', like(x, 0.044715), cube));
  const tanh = unary('tanh', binary('mul', like(x, Math.sqrt(2 / Math.PI)), inner));
  return binary('mul', binary('mul', x, like(x, 0.5)), binary('add', like(x, 1), tanh));
}
