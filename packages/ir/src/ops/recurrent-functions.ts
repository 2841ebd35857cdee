// The functions that recurrent layers may apply to gates and states, as scalar expressions. Nodes name them and give their
// parameters in two lists, from which each function takes as many as it has.

import type { NodeView } from '../op.ts';
import type { Scalar } from '../scalar.ts';
import * as s from '../scalar.ts';

/** A function of a gate, as an expression in the type of its argument. */
export type RecurrentFunction = (x: Scalar) => Scalar;

interface Definition {
  /** Default; a function without it takes no alpha. */
  readonly alpha?: number;
  readonly beta?: number;
  scalar(x: Scalar, alpha: Scalar, beta: Scalar): Scalar;
}

const like = (x: Scalar, value: number) => s.constant(value, x.dtype);
const { binary, unary, select, compare } = s;
const nonNegative = (x: Scalar) => compare('ge', x, like(x, 0));

/** By their names in lower case: writers of models do not agree on capitals. */
const FUNCTIONS: ReadonlyMap<string, Definition> = new Map<string, Definition>([
  ['relu', { scalar: (x) => binary('max', x, like(x, 0)) }],
  ['tanh', { scalar: (x) => unary('tanh', x) }],
  ['sigmoid', { scalar: (x) => s.sigmoid(x) }],
  ['affine', { alpha: 1, beta: 0, scalar: (x, alpha, beta) => binary('add', binary('mul', alpha, x), beta) }],
  ['leakyrelu', { alpha: 0.01, scalar: (x, alpha) => select(nonNegative(x), x, binary('mul', alpha, x)) }],
  ['thresholdedrelu', { alpha: 1, scalar: (x, alpha) => select(compare('ge', x, alpha), x, like(x, 0)) }],
  [
    'scaledtanh',
    { alpha: 1, beta: 1, scalar: (x, alpha, beta) => binary('mul', alpha, unary('tanh', binary('mul', beta, x))) },
  ],
  [
    'hardsigmoid',
    {
      alpha: 0.2,
      beta: 0.5,
      scalar: (x, alpha, beta) => s.clamp(binary('add', binary('mul', alpha, x), beta), like(x, 0), like(x, 1)),
    },
  ],
  [
    'elu',
    {
      alpha: 1,
      scalar: (x, alpha) => {
        const below = binary('mul', alpha, binary('sub', unary('exp', x), like(x, 1)));
        return select(nonNegative(x), x, below);
      },
    },
  ],
  ['softsign', { scalar: (x) => binary('div', x, binary('add', like(x, 1), unary('abs', x))) }],
  [
    'softplus',
    {
      // max(x, 0) + ln(1 + e^−|x|), which does not overflow.
      scalar: (x) => {
        const small = unary('exp', unary('neg', unary('abs', x)));
        return binary('add', binary('max', x, like(x, 0)), unary('log', binary('add', like(x, 1), small)));
      },
    },
  ],
]);

/**
 * The functions of a node: those it names, or `defaults`. Where the node tells to clip, what goes into the
 * function of a gate is clipped first, as ONNX Runtime does: the cell of an LSTM, which is no gate, is not.
 * @throws TrtxError SHAPE for another number of functions than `defaults` has, or one that ONNX does not know
 */
export function recurrentFunctions(
  at: NodeView,
  defaults: readonly string[],
  isGate: (index: number) => boolean,
): RecurrentFunction[] {
  const names = at.strings('activations') ?? defaults;
  if (names.length !== defaults.length)
    throw at.fail(`${names.length} activations where ${defaults.length} belong: ${names.join(', ')}`);
  const alphas = [...(at.floats('activation_alpha') ?? [])];
  const betas = [...(at.floats('activation_beta') ?? [])];
  const clip = at.has('clip') ? at.float('clip') : 0;
  return names.map((name, i) => {
    const definition = FUNCTIONS.get(name.toLowerCase());
    if (!definition) throw at.fail(`the activation ${name}`, `It may be ${[...FUNCTIONS.keys()].join(', ')}.`);
    const alpha = definition.alpha === undefined ? 0 : (alphas.shift() ?? definition.alpha);
    const beta = definition.beta === undefined ? 0 : (betas.shift() ?? definition.beta);
    return (x) => {
      const clipped = clip > 0 && isGate(i) ? s.clamp(x, like(x, -clip), like(x, clip)) : x;
      return definition.scalar(clipped, like(x, alpha), like(x, beta));
    };
  });
}
