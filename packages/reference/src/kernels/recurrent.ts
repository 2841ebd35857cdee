// LSTM, GRU and RNN: a loop over time for each direction and each sequence of the batch. What the input gives to the gates
// is one matrix product for all steps; what the hidden state gives follows step by step.

import {
  gruGeometry,
  lstmGeometry,
  type RecurrentFunction,
  type RecurrentGeometry,
  rnnGeometry,
  scalar,
  type Tensor,
} from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';
import { compileColumns } from './expression.ts';
import { gemm, packRows, rowsOf } from './gemm.ts';

/** One sequence in one direction: the state that goes from step to step, and the weights. */
interface Pass {
  readonly hidden: number;
  /** The hidden state; a step overwrites it. */
  readonly h: Float64Array;
  /** The cell of an LSTM. */
  readonly c: Float64Array;
  /** What the input and all biases give to the gates at this step; a step may overwrite it. */
  readonly gates: Float64Array;
  readonly functions: readonly ((x: Float64Array) => void)[];
  /** out[rows] += R[from row `row` on] × state, R being the recurrence weights of the direction. */
  recur(out: Float64Array, row: number, rows: number, state: Float64Array): void;
}

interface Cell {
  geometry(at: KernelCall['at']): RecurrentGeometry;
  /** The recurrence biases that are not simply added to the gates, as rows [from, to). */
  keptBiases?(call: KernelCall): readonly [from: number, to: number];
  /** Makes what changes the state at each step. `bias` holds the recurrence biases, `peepholes` those of the direction. */
  step(call: KernelCall, pass: Pass, bias: Float64Array, peepholes: Float64Array | undefined): () => void;
}

export const lstm = defineRecurrent('LSTM', {
  geometry: lstmGeometry,
  step(call, { hidden, h, c, gates, functions, recur }, _, peepholes) {
    const [f, g, last] = functions as [Apply, Apply, Apply];
    const coupled = call.at.int('input_forget') === 1;
    const [input, output, forget, cell] = [0, 1, 2, 3].map((i) =>
      gates.subarray(i * hidden, (i + 1) * hidden),
    ) as Gates;
    const [pi, po, pf] = [0, 1, 2].map((i) => peepholes?.subarray(i * hidden, (i + 1) * hidden));
    return () => {
      recur(gates, 0, 4 * hidden, h);
      if (pi) addProduct(input, pi, c);
      if (pf) addProduct(forget, pf, c);
      f(input);
      if (coupled) for (let i = 0; i < hidden; i++) forget[i] = 1 - input[i]!;
      else f(forget);
      g(cell);
      for (let i = 0; i < hidden; i++) c[i] = forget[i]! * c[i]! + input[i]! * cell[i]!;
      if (po) addProduct(output, po, c);
      f(output);
      h.set(c);
      last(h);
      for (let i = 0; i < hidden; i++) h[i]! *= output[i]!;
    };
  },
});

export const gru = defineRecurrent('GRU', {
  geometry: gruGeometry,
  keptBiases: (call) => {
    const hidden = gruGeometry(call.at).hidden as number;
    return call.at.int('linear_before_reset') ? [2 * hidden, 3 * hidden] : [0, 0];
  },
  step(call, { hidden, h, gates, functions, recur }, bias) {
    const [f, g] = functions as [Apply, Apply];
    const linear = call.at.int('linear_before_reset') !== 0;
    const both = gates.subarray(0, 2 * hidden);
    const [update, reset, next] = [0, 1, 2].map((i) => gates.subarray(i * hidden, (i + 1) * hidden)) as Gates;
    const own = bias.subarray(2 * hidden, 3 * hidden);
    const given = new Float64Array(hidden);
    return () => {
      recur(both, 0, 2 * hidden, h);
      f(update);
      f(reset);
      if (linear) {
        given.set(own);
        recur(given, 2 * hidden, hidden, h);
        addProduct(next, reset, given);
      } else {
        for (let i = 0; i < hidden; i++) given[i] = reset[i]! * h[i]!;
        recur(next, 2 * hidden, hidden, given);
      }
      g(next);
      for (let i = 0; i < hidden; i++) h[i] = (1 - update[i]!) * next[i]! + update[i]! * h[i]!;
    };
  },
});

export const rnn = defineRecurrent('RNN', {
  geometry: rnnGeometry,
  step(_, { hidden, h, gates, functions, recur }) {
    return () => {
      recur(gates, 0, hidden, h);
      functions[0]!(gates);
      h.set(gates);
    };
  },
});

type Apply = (x: Float64Array) => void;
type Gates = [Float64Array, Float64Array, Float64Array, Float64Array];

function defineRecurrent(op: string, cell: Cell) {
  return defineReference({
    op,
    run: (call) => runRecurrent(call, cell),
    steps(at, { inputs }) {
      const { steps, batch } = cell.geometry(at);
      return 2 * (steps as number) * (batch as number) * (inputs[1]! + inputs[2]!);
    },
  });
}

function runRecurrent(call: KernelCall, cell: Cell): Tensor[] {
  const g = cell.geometry(call.at);
  const [steps, batch, hidden] = [g.steps, g.batch, g.hidden] as [number, number, number];
  const count = g.directions.length;
  const rows = g.gates * hidden;
  const part = (index: number, size: number, direction: number) => {
    const tensor = call.inputs[index];
    return tensor ? toFloat64(tensor).subarray(direction * size, (direction + 1) * size) : undefined;
  };
  // Where a sequence's state and its output at a step lie.
  const stateAt = (b: number, d: number) => (g.batchFirst ? b * count + d : d * batch + b) * hidden;
  const outputAt = (t: number, b: number, d: number) =>
    (g.batchFirst ? (b * steps + t) * count + d : (t * count + d) * batch + b) * hidden;
  const all = new Float64Array(steps * count * batch * hidden);
  const [lastH, lastC] = [new Float64Array(count * batch * hidden), new Float64Array(count * batch * hidden)];
  const lengths = call.inputs[4] ? toFloat64(call.inputs[4]) : undefined;
  const [initialH, initialC] = [5, 6].map((i) => call.inputs[i] && toFloat64(call.inputs[i]));
  g.directions.forEach(({ reverse, functions }, d) => {
    const biases = part(3, 2 * rows, d) ?? new Float64Array(2 * rows);
    const recurrence = biases.subarray(rows);
    const [from, to] = cell.keptBiases?.(call) ?? [0, 0];
    const summed = Float64Array.from({ length: rows }, (_, row) => {
      return biases[row]! + (row >= from && row < to ? 0 : recurrence[row]!);
    });
    const weights = part(2, rows * hidden, d)!;
    const projected = project(call, g, part(1, rows * (g.input as number), d)!, rows);
    const h = new Float64Array(hidden);
    const c = new Float64Array(hidden);
    const gates = new Float64Array(rows);
    const pass: Pass = {
      hidden,
      h,
      c,
      gates,
      functions: functions.map((f) => compile(f, hidden)),
      recur(out, row, size, state) {
        for (let r = 0; r < size; r++) {
          const start = (row + r) * hidden;
          let sum = 0;
          for (let i = 0; i < hidden; i++) sum += weights[start + i]! * state[i]!;
          out[r]! += sum;
        }
      },
    };
    const step = cell.step(call, pass, recurrence, part(7, 3 * hidden, d));
    for (let b = 0; b < batch; b++) {
      const state = stateAt(b, d);
      h.set(initialH?.subarray(state, state + hidden) ?? new Float64Array(hidden));
      c.set(initialC?.subarray(state, state + hidden) ?? new Float64Array(hidden));
      const length = Math.min(lengths?.[b] ?? steps, steps);
      for (let i = 0; i < length; i++) {
        const t = reverse ? length - 1 - i : i;
        const column = g.batchFirst ? b * steps + t : t * batch + b;
        for (let r = 0; r < rows; r++) gates[r] = projected[r * steps * batch + column]! + summed[r]!;
        step();
        all.set(h, outputAt(t, b, d));
      }
      lastH.set(h, state);
      lastC.set(c, state);
    }
  });
  return call.outputs.map(({ dtype, dims }, i) => fromFloat64(dtype, dims, [all, lastH, lastC][i]!));
}

/** W × Xᵀ: [rows, steps · batch], columns in the order in which X has them. */
function project(call: KernelCall, g: RecurrentGeometry, w: Float64Array, rows: number): Float64Array {
  const features = g.input as number;
  const columns = (g.steps as number) * (g.batch as number);
  const out = new Float64Array(rows * columns);
  const x = toFloat64(inputOf(call, 0));
  gemm(
    packRows(w, rows, features, 0, features, 1),
    columns,
    rowsOf(x, 0, 1, features),
    (sums, stride, column, wide) => {
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < wide; c++) out[r * columns + column + c] = sums[r * stride + c]!;
    },
  );
  return out;
}

/** A function of gates that changes an array in place. */
function compile(f: RecurrentFunction, size: number): Apply {
  const program = compileColumns(f(scalar.arg(0, 'float64')), size);
  const argument = program.args.get(0)!;
  return (x) => {
    argument.set(x);
    x.set(program.run(size)!);
  };
}

/** out += a · b */
function addProduct(out: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i]! += a[i]! * b[i]!;
}
