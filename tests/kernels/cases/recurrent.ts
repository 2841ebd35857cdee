// Recurrent layers.

import type { BuilderAttributes, Value } from '@trtx/ir';
import { type Case, type CaseInput, f32, weights } from '../support.ts';

const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;
const OPS = Object.keys(GATES) as (keyof typeof GATES)[];

interface Options {
  x?: CaseInput;
  batchFirst?: boolean;
  hidden?: number;
  /** Bias, lengths and states, and for an LSTM peepholes. */
  all?: boolean;
  attributes?: BuilderAttributes;
  more?: Partial<Case>;
}

function layer(
  op: keyof typeof GATES,
  name: string,
  { x = f32(5, 3, 4), hidden = 6, all = false, attributes = {}, more }: Options,
): Case {
  const directions = attributes.direction === 'bidirectional' ? 2 : 1;
  const rows = GATES[op] * hidden;
  const [steps, batch] = attributes.layout ? [x.dims[1]!, x.dims[0]!] : [x.dims[0]!, x.dims[1]!];
  const state = f32(...(attributes.layout ? [batch, directions] : [directions, batch]), hidden);
  const lengths: CaseInput = {
    dtype: 'int32',
    dims: [batch],
    low: 1,
    high: (typeof steps === 'number' ? steps : 4) + 1,
  };
  return {
    name: `${op}: ${name}`,
    inputs: all ? [x, lengths, state, ...(op === 'LSTM' ? [state] : [])] : [x],
    build(b, input, ...rest) {
      const [own, ...states] = rest as (Value | undefined)[];
      const features = x.dims[2] as number;
      const operands = [
        input,
        weights(b, [directions, rows, features]),
        weights(b, [directions, rows, hidden], { low: -0.5, high: 0.5 }),
        ...(all ? [weights(b, [directions, 2 * rows]), own!, ...(states as Value[])] : []),
        ...(all && op === 'LSTM' ? [weights(b, [directions, 3 * hidden])] : []),
      ];
      return b.op(op, operands, { hidden_size: hidden, ...attributes }, { outputs: op === 'LSTM' ? 3 : 2 });
    },
    ...more,
  };
}

export const recurrentCases: readonly Case[] = [
  ...OPS.flatMap((op) => [
    layer(op, 'forward', {}),
    layer(op, 'reverse, with all inputs', { all: true, attributes: { direction: 'reverse' } }),
    layer(op, 'both ways, with all inputs, batch first', {
      all: true,
      x: f32(3, 5, 4),
      attributes: { direction: 'bidirectional', layout: 1 },
    }),
    layer(op, 'more units than invocations', { x: f32(4, 2, 3), hidden: 70 }),
    layer(op, 'other functions, clipped', {
      attributes: {
        activations: { LSTM: ['HardSigmoid', 'Softsign', 'Relu'], GRU: ['HardSigmoid', 'LeakyRelu'], RNN: ['Elu'] }[op],
        clip: 0.5,
      },
    }),
    layer(op, 'dynamic', {
      x: f32('T', 'N', 4),
      more: {
        symbols: { T: { min: 1, max: 9 }, N: { min: 0, max: 4 } },
        runs: [
          { T: 3, N: 2 },
          { T: 9, N: 4 },
          { T: 1, N: 1 },
          { T: 2, N: 0 },
        ],
      },
    }),
  ]),
  layer('LSTM', 'coupled gates', { attributes: { input_forget: 1 } }),
  layer('GRU', 'linear before reset', { all: true, attributes: { linear_before_reset: 1 } }),
  {
    name: 'GRU: computed weights',
    inputs: [f32(3, 2, 4), f32(1, 15, 4), f32(1, 15, 5)],
    build: (b, x, w, r) => b.op('GRU', [x, w, r], { hidden_size: 5 }, { outputs: 2 }),
  },
];
