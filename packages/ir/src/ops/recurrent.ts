// Recurrent layers: LSTM, GRU and RNN. A layer is a loop over time steps, forward, backward or both; at each step gates are
// computed from the input and the hidden state. The three differ in the number of gates and how they are put together;
// geometry, functions and shapes are common.

import { add, type Dim, mul, product } from '../dim.ts';
import { type AttributeSpec, defineOp, type NodeView, type OpDef, type OperandSpec } from '../op.ts';
import { checkShape } from './check.ts';
import { type RecurrentFunction, recurrentFunctions } from './recurrent-functions.ts';
import { FLOATS } from './types.ts';

/** One pass over time. */
export interface RecurrentDirection {
  /** From the last step to the first. Of a sequence with a length of its own, only its steps are turned around. */
  readonly reverse: boolean;
  /** As the specification names them: f, g and h of an LSTM, f and g of a GRU, f of an RNN. `clip` is in them. */
  readonly functions: readonly RecurrentFunction[];
}

/** The geometry of a recurrent layer, as kernels read it. */
export interface RecurrentGeometry {
  readonly steps: Dim;
  readonly batch: Dim;
  readonly input: Dim;
  readonly hidden: Dim;
  /** Gates in W, R and B: 4 (i, o, f, c), 3 (z, r, h) or 1. */
  readonly gates: number;
  readonly directions: readonly RecurrentDirection[];
  /**
   * X is [batch, steps, input], Y [batch, steps, directions, hidden], states [batch, directions, hidden]; otherwise they
   * are [steps, batch, input], [steps, directions, batch, hidden] and [directions, batch, hidden].
   */
  readonly batchFirst: boolean;
}

interface Cell {
  readonly gates: number;
  /** Of one direction: those of gates, then that of the cell. */
  readonly functions: readonly string[];
  readonly gateFunctions: number;
}

const LSTM: Cell = { gates: 4, functions: ['Sigmoid', 'Tanh', 'Tanh'], gateFunctions: 2 };
const GRU: Cell = { gates: 3, functions: ['Sigmoid', 'Tanh'], gateFunctions: 2 };
const RNN: Cell = { gates: 1, functions: ['Tanh'], gateFunctions: 1 };

/** Geometry of an LSTM. */
export const lstmGeometry = (at: NodeView): RecurrentGeometry => geometry(at, LSTM);

/** Geometry of a GRU. */
export const gruGeometry = (at: NodeView): RecurrentGeometry => geometry(at, GRU);

/** Geometry of an RNN. */
export const rnnGeometry = (at: NodeView): RecurrentGeometry => geometry(at, RNN);

function geometry(at: NodeView, { gates, functions, gateFunctions }: Cell): RecurrentGeometry {
  const x = at.input(0).shape;
  if (x.length !== 3) throw at.fail(`an input of rank ${x.length} where steps, batch and features belong`);
  const batchFirst = at.int('layout') === 1;
  const [steps, batch] = batchFirst ? [x[1]!, x[0]!] : [x[0]!, x[1]!];
  const direction = at.string('direction');
  const count = direction === 'bidirectional' ? 2 : 1;
  const hidden = hiddenSize(at);
  const state = batchFirst ? [batch, count, hidden] : [count, batch, hidden];
  const belongs: readonly (readonly Dim[])[] = [
    x,
    [count, mul(gates, hidden), x[2]!],
    [count, mul(gates, hidden), hidden],
    [count, mul(2 * gates, hidden)],
    [batch],
    state,
    state,
    [count, mul(3, hidden)],
  ];
  at.inputs.forEach((_, index) => {
    checkShape(at, index, belongs[index]!);
  });
  const defaults = new Array<readonly string[]>(count).fill(functions).flat();
  const all = recurrentFunctions(at, defaults, (i) => i % functions.length < gateFunctions);
  const directions = Array.from({ length: count }, (_, i): RecurrentDirection => {
    const own = all.slice(i * functions.length, (i + 1) * functions.length);
    return { reverse: direction === 'reverse' || i === 1, functions: own };
  });
  return { steps, batch, input: x[2]!, hidden, gates, directions, batchFirst };
}

function hiddenSize(at: NodeView): Dim {
  const recurrence = at.input(2).shape;
  if (recurrence.length !== 3) throw at.fail(`recurrence weights of rank ${recurrence.length} where 3 belongs`);
  return at.has('hidden_size') ? at.equal(at.int('hidden_size'), recurrence[2]!) : recurrence[2]!;
}

const operand = (name: string, optional = false): OperandSpec => ({ name, types: FLOATS, sameAs: 'T', optional });

/** The inputs that the three have in common. */
const OPERANDS: readonly OperandSpec[] = [
  operand('X'),
  operand('W'),
  operand('R'),
  operand('B', true),
  { name: 'sequence_lens', types: ['int32'], optional: true },
  operand('initial_h', true),
];

const ATTRIBUTES: Readonly<Record<string, AttributeSpec>> = {
  activations: { type: 'strings', doc: 'functions of the gates, for each direction' },
  activation_alpha: { type: 'floats', doc: 'alphas of the functions that take one, in their order' },
  activation_beta: { type: 'floats', doc: 'betas of the functions that take one, in their order' },
  clip: { type: 'float', min: 0, doc: 'bounds what goes into the functions of gates to [−clip, clip]' },
  direction: { type: 'string', default: 'forward', oneOf: ['forward', 'reverse', 'bidirectional'] },
  hidden_size: { type: 'int', min: 1, max: 2 ** 31 - 1, doc: 'that of R where absent' },
  layout: { type: 'int', default: 0, min: 0, max: 1, doc: 'time (0) or batch (1) first' },
};

interface Recurrent {
  name: string;
  summary: string;
  cell: Cell;
  operands?: readonly OperandSpec[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, AttributeSpec>>;
}

function defineRecurrent({ name, summary, cell, operands = [], outputs, attributes }: Recurrent): OpDef {
  return defineOp({
    domain: '',
    name,
    since: 22,
    summary,
    inputs: [...OPERANDS, ...operands],
    outputs: outputs.map((output) => ({ name: output, optional: true })),
    attributes: { ...ATTRIBUTES, ...attributes },
    trait: { kind: 'opaque', delicate: true },
    /** Of the gates' products. */
    flops(at) {
      const { steps, batch, input, hidden, gates, directions } = geometry(at, cell);
      return product([2 * directions.length * gates, steps, batch, hidden, add(input, hidden)]);
    },
    infer(at) {
      const { steps, batch, hidden, directions, batchFirst } = geometry(at, cell);
      const count = directions.length;
      const { dtype } = at.input(0);
      const all = batchFirst ? [batch, steps, count, hidden] : [steps, count, batch, hidden];
      const last = batchFirst ? [batch, count, hidden] : [count, batch, hidden];
      return outputs.slice(0, at.outputCount).map((_, i) => ({ dtype, shape: i === 0 ? all : last }));
    },
  });
}

export const recurrentOps: readonly OpDef[] = [
  defineRecurrent({
    name: 'LSTM',
    summary: 'long short-term memory: hidden state and cell, with input, output and forget gates',
    cell: LSTM,
    operands: [operand('initial_c', true), operand('P', true)],
    outputs: ['Y', 'Y_h', 'Y_c'],
    attributes: {
      input_forget: { type: 'int', default: 0, min: 0, max: 1, doc: 'the forget gate is 1 − the input gate' },
    },
  }),
  defineRecurrent({
    name: 'GRU',
    summary: 'gated recurrent unit: hidden state, with update and reset gates',
    cell: GRU,
    outputs: ['Y', 'Y_h'],
    attributes: {
      linear_before_reset: {
        type: 'int',
        default: 0,
        min: 0,
        max: 1,
        doc: 'the reset gate scales what the hidden state gives (1), not the state itself (0)',
      },
    },
  }),
  defineRecurrent({
    name: 'RNN',
    summary: 'hidden state f(X·Wᵀ + H·Rᵀ + bias)',
    cell: RNN,
    outputs: ['Y', 'Y_h'],
  }),
];
