// Recurrent layers: a workgroup goes through the steps of one sequence in one direction, its invocations sharing out the
// hidden units. The hidden state lies in workgroup memory twice, so that a step reads the old one while it writes the new
// one.

import {
  arrayType,
  byteLength,
  type Constant,
  type DataArray,
  type Dim,
  elementCount,
  elementsOf,
  gruGeometry,
  lstmGeometry,
  mul,
  type NodeView,
  type RecurrentFunction,
  type RecurrentGeometry,
  rnnGeometry,
  scalar,
  type Value,
} from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type Kernel } from '../kernel.ts';
import { bytesOf, computeOf } from '../storage.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { printScalar } from '../wgsl/scalar.ts';

interface Params {
  /** Invocations of a workgroup. */
  readonly lanes: number;
}

/** Inputs of a node that are weights: W, R, B and P. */
const WEIGHTS: readonly number[] = [1, 2, 3, 7];

interface Cell {
  op: string;
  id: string;
  summary: string;
  geometry(at: NodeView): RecurrentGeometry;
  /** Emits what all units must have done before any unit takes the step, if there is such a thing. */
  prepare?(unit: Unit): void;
  /** Emits the step of a unit; gives its new hidden state. */
  step(unit: Unit): string;
}

function defineRecurrent(cell: Cell): Kernel {
  return defineKernel<Params>({
    id: cell.id,
    version: 1,
    summary: cell.summary,
    ops: [cell.op],
    applies({ group, target }) {
      const { hidden } = cell.geometry(group.anchor!.view());
      if (computeOf(group.accumulated.type.dtype) !== 'f32' || typeof hidden !== 'number') return false;
      const { inputs } = group.anchor!;
      const packed = WEIGHTS.every((index) => !inputs[index] || inputs[index].constant);
      const tensors = inputs.filter((value, index) => value && !(packed && WEIGHTS.includes(index))).length;
      const { maxStorageBuffersPerShaderStage, maxComputeWorkgroupStorageSize } = target.limits;
      return (
        tensors + 1 + Number(packed) <= maxStorageBuffersPerShaderStage &&
        (4 * hidden + 1) * 4 <= maxComputeWorkgroupStorageSize
      );
    },
    params({ group }) {
      const hidden = cell.geometry(group.anchor!.view()).hidden as number;
      return [64, 128, 256].filter((lanes) => lanes === 64 || lanes < 2 * hidden).map((lanes) => ({ lanes }));
    },
    cost({ group, target }, { lanes }) {
      const { hidden, input } = cell.geometry(group.anchor!.view());
      // One step. A software adapter takes the invocations of a workgroup one after the other, and its barriers are dear.
      const rounds = Math.ceil((hidden as number) / lanes) * (typical(input) + (hidden as number));
      return target.software ? lanes * (rounds + 400) : rounds + 12;
    },
    emit(e, { group }, { lanes }) {
      const { shader } = e;
      const node = group.anchor!;
      const g = cell.geometry(node.view());
      const hidden = g.hidden as number;
      // Two hidden states, what `prepare` leaves, and the cells of an LSTM.
      shader.global(`var<workgroup> state: array<f32, ${4 * hidden}>;`);
      shader.global('var<workgroup> shared_length: u32;');
      const batch = shader.index(ix.mod('group', e.size(g.batch)), 'batch');
      const direction = shader.index(ix.div('group', e.size(g.batch)), 'direction');
      const weights = new Weights(e, node.inputs);
      g.directions.forEach((_, d) => {
        const body = () => emitPass(e, cell, g, d, batch, lanes, group.accumulated, weights);
        shader.block(`if (${ix.text(direction)} == ${d}u)`, body);
      });
      return { workgroupSize: lanes, workgroups: mul(g.batch, g.directions.length) };
    },
  });
}

/** Reads the weights: all of them packed into one buffer where they are constants, the rows of W and R side by side. */
class Weights {
  readonly #packed: ((place: Ix) => string) | undefined;
  /** Where each input begins in the buffer. */
  readonly #starts: readonly number[];

  constructor(
    readonly e: Emitter,
    readonly inputs: readonly (Value | null)[],
  ) {
    const values = WEIGHTS.map((index) => inputs[index] ?? null);
    const constants = values.map((value) => value?.constant ?? null);
    const lengths = constants.map((constant) => (constant ? elementCount(constant.dims) : 0));
    this.#starts = lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
    if (values.some((value, i) => value && !constants[i])) return;
    const names = values.flatMap((value) => (value ? [value.name] : []));
    const size = lengths.reduce((a, b) => a + b, 0);
    const { dtype } = inputs[0]!.type;
    this.#packed = e.packed({
      dtype,
      key: `${names.join(' ')}:recurrent`,
      names,
      size: Math.ceil(byteLength(dtype, size) / 4) * 4,
      bytes: () => {
        const packed = new (arrayType(dtype))(size) as Float32Array;
        constants.forEach((constant, i) => {
          if (constant) packed.set(turned(constant) as Float32Array, this.#starts[i]!);
        });
        return bytesOf(packed);
      },
    });
  }

  has(index: number): boolean {
    return Boolean(this.inputs[index]);
  }

  /** An element of [direction, row] or [direction, row, column] of an input. */
  read(index: number, [d, row, ...column]: readonly Ix[]): string {
    const value = this.inputs[index]!;
    const { shape } = value.type;
    if (!this.#packed) return this.e.read(value, Position.at(shape, [d!, row!, ...column]));
    const [, rows, columns = 1] = shape as number[];
    const start = this.#starts[WEIGHTS.indexOf(index)]!;
    const place = ix.add(ix.mul(ix.add(ix.mul(d!, columns), column[0] ?? 0), rows!), row!);
    return this.#packed(ix.add(place, start));
  }
}

/** [direction, row, column] as [direction, column, row]. */
function turned(constant: Constant): DataArray {
  const source = elementsOf(constant);
  const [directions, rows, columns = 1] = constant.dims as [number, number, number?];
  const target = new (arrayType(constant.dtype))(source.length);
  for (let d = 0; d < directions; d++)
    for (let row = 0; row < rows; row++)
      for (let c = 0; c < columns; c++)
        target[(d * columns + c) * rows + row] = source[(d * rows + row) * columns + c]!;
  return target;
}

/** One sequence in one direction. */
function emitPass(
  e: Emitter,
  cell: Cell,
  g: RecurrentGeometry,
  d: number,
  batch: Ix,
  lanes: number,
  result: Value,
  weights: Weights,
): void {
  const { shader } = e;
  const node = result.producer!;
  const [, , , , lengths, initial, initialCell] = node.inputs;
  const hidden = g.hidden as number;
  const order = (t: Ix): Ix[] => (g.batchFirst ? [batch, t, d] : [t, d, batch]);
  const stateOf = (u: Ix): Ix[] => (g.batchFirst ? [batch, d, u] : [d, batch, u]);
  const eachUnit = (body: (u: string) => void) => {
    const u = shader.name('u');
    shader.block(`for (var ${u} = lid; ${u} < ${hidden}u; ${u} += ${lanes}u)`, () => body(u));
  };
  const start = (value: Value | null | undefined, u: Ix) =>
    value ? e.read(value, Position.at(value.type.shape, stateOf(u))) : '0.0f';
  declareProducts(e, g, d, node.inputs[0]!, weights);

  eachUnit((u) => {
    shader.line(`state[${u}] = ${start(initial, u)};`);
    shader.line(`state[${u} + ${3 * hidden}u] = ${start(initialCell, u)};`);
  });
  const steps = e.size(g.steps);
  let length = steps;
  if (lengths) {
    // The same in all invocations, of which WGSL wants to be sure where they wait for each other.
    const own = shader.let(e.read(lengths, Position.at(lengths.type.shape, [batch])));
    shader.block('if (lid == 0u)', () => shader.line(`shared_length = min(u32(max(${own}, 0i)), ${ix.text(steps)});`));
    length = shader.let('workgroupUniformLoad(&shared_length)', 'length');
  }
  shader.line('workgroupBarrier();');
  const output = node.outputs.indexOf(result);
  shader.loop(length, 'i', (i) => {
    const t = shader.index(g.directions[d]!.reverse ? ix.sub(ix.sub(length, 1), i) : i, 't');
    const from = shader.index(ix.mul(ix.mod(i, 2), hidden), 'base');
    const unit = (u: string) => new Unit(e, node.view(), g, d, batch, t, from, u, weights);
    const { prepare } = cell;
    if (prepare) {
      eachUnit((u) => prepare(unit(u)));
      shader.line('workgroupBarrier();');
    }
    eachUnit((u) => {
      const next = shader.let(cell.step(unit(u)), 'h');
      shader.line(`state[${ix.text(ix.add(ix.sub(hidden, from), u))}] = ${next};`);
      if (output === 0) e.store(Position.at(result.type.shape, [...order(t), u]), next);
    });
    shader.line('workgroupBarrier();');
  });
  eachUnit((u) => {
    if (output > 0) {
      const place = output === 1 ? ix.add(ix.mul(ix.mod(length, 2), hidden), u) : ix.add(u, 3 * hidden);
      e.store(Position.at(result.type.shape, stateOf(u)), shader.let(`state[${ix.text(place)}]`));
    } else if (lengths) {
      const t = shader.name('t');
      shader.block(`for (var ${t} = ${ix.text(length)}; ${t} < ${ix.text(steps)}; ${t}++)`, () =>
        e.store(Position.at(result.type.shape, [...order(t), u]), '0.0f'),
      );
    }
  });
}

/** Emits `given` and `recur`: what the input, and what a hidden state, add to a row of gates, each with its bias. */
function declareProducts(e: Emitter, g: RecurrentGeometry, d: number, x: Value, weights: Weights): void {
  const { shader } = e;
  const sum = (name: string, parameters: string, bias: number, length: Dim, term: (j: Ix) => string) =>
    shader.func(`${name}${d}`, `row: u32, ${parameters}`, 'f32', () => {
      const place = ix.add('row', bias * g.gates * (g.hidden as number));
      shader.line(`var sum = ${weights.has(3) ? weights.read(3, [d, place]) : '0.0f'};`);
      shader.loop(e.size(length), 'j', (j) => shader.line(`sum += ${term(j)};`));
      return 'sum';
    });
  sum('given', 'batch: u32, t: u32', 0, g.input, (j) => {
    const at = g.batchFirst ? ['batch', 't', j] : ['t', 'batch', j];
    return `${e.read(x, Position.at(x.type.shape, at))} * ${weights.read(1, [d, 'row', j])}`;
  });
  sum('recur', 'base: u32', 1, g.hidden, (j) => {
    return `state[${ix.text(ix.add('base', j))}] * ${weights.read(2, [d, 'row', j])}`;
  });
}

/** A hidden unit at a step. */
class Unit {
  constructor(
    readonly e: Emitter,
    readonly at: NodeView,
    readonly g: RecurrentGeometry,
    readonly d: number,
    readonly batch: Ix,
    readonly t: Ix,
    /** Where the old hidden state begins. */
    readonly from: Ix,
    readonly u: string,
    readonly weights: Weights,
  ) {}

  get hidden(): number {
    return this.g.hidden as number;
  }

  /** The old hidden state of this unit. */
  get state(): string {
    return `state[${ix.text(ix.add(this.from, this.u))}]`;
  }

  /** What `prepare` leaves for this unit. */
  get prepared(): string {
    return `state[${this.u} + ${2 * this.hidden}u]`;
  }

  get cell(): string {
    return `state[${this.u} + ${3 * this.hidden}u]`;
  }

  #row(gate: number): string {
    return ix.text(ix.add(this.u, gate * this.hidden));
  }

  /** What the input adds to a gate. */
  given(gate: number): string {
    return this.e.shader.let(`given${this.d}(${this.#row(gate)}, ${ix.text(this.batch)}, ${ix.text(this.t)})`);
  }

  /** What the hidden state adds to a gate, or what `prepare` left of it. */
  recur(gate: number, from: Ix = this.from): string {
    return this.e.shader.let(`recur${this.d}(${this.#row(gate)}, ${ix.text(from)})`);
  }

  /** A weight of the cell state, times it; nothing where the layer has none. */
  peephole(index: number, cell: string): string {
    if (!this.weights.has(7)) return '';
    return ` + ${this.weights.read(7, [this.d, ix.add(this.u, index * this.hidden)])} * ${cell}`;
  }

  /** A function of this direction, by its number. */
  apply(index: number, x: string): string {
    const f: RecurrentFunction = this.g.directions[this.d]!.functions[index]!;
    const { shader } = this.e;
    const argument = shader.let(x);
    return shader.let(printScalar(shader, f(scalar.arg(0, 'float32')), () => argument));
  }
}

export const lstm = defineRecurrent({
  op: 'LSTM',
  id: 'lstm',
  summary: 'LSTM: a sequence a workgroup, step by step',
  geometry: lstmGeometry,
  step(unit) {
    const { shader } = unit.e;
    const gate = (index: number) => `${unit.given(index)} + ${unit.recur(index)}`;
    const old = shader.let(unit.cell);
    const input = unit.apply(0, `${gate(0)}${unit.peephole(0, old)}`);
    const forget = unit.at.int('input_forget')
      ? `(1.0f - ${input})`
      : unit.apply(0, `${gate(2)}${unit.peephole(2, old)}`);
    const cell = shader.let(`${forget} * ${old} + ${input} * ${unit.apply(1, gate(3))}`);
    shader.line(`${unit.cell} = ${cell};`);
    const output = unit.apply(0, `${gate(1)}${unit.peephole(1, cell)}`);
    return `${output} * ${unit.apply(2, cell)}`;
  },
});

const linearBeforeReset = (unit: Unit) => unit.at.int('linear_before_reset') === 1;

export const gru = defineRecurrent({
  op: 'GRU',
  id: 'gru',
  summary: 'GRU: a sequence a workgroup, step by step',
  geometry: gruGeometry,
  // The reset gates; all units' are needed by each, unless they scale a unit's own sum.
  prepare(unit) {
    const reset = unit.apply(0, `${unit.given(1)} + ${unit.recur(1)}`);
    unit.e.shader.line(`${unit.prepared} = ${linearBeforeReset(unit) ? reset : `${reset} * ${unit.state}`};`);
  },
  step(unit) {
    const { shader } = unit.e;
    const update = unit.apply(0, `${unit.given(0)} + ${unit.recur(0)}`);
    const next = linearBeforeReset(unit)
      ? unit.apply(1, `${unit.given(2)} + ${unit.prepared} * ${unit.recur(2)}`)
      : unit.apply(1, `${unit.given(2)} + ${unit.recur(2, 2 * unit.hidden)}`);
    return shader.let(`(1.0f - ${update}) * ${next} + ${update} * ${unit.state}`);
  },
});

export const rnn = defineRecurrent({
  op: 'RNN',
  id: 'rnn',
  summary: 'RNN: a sequence a workgroup, step by step',
  geometry: rnnGeometry,
  step: (unit) => unit.apply(0, `${unit.given(0)} + ${unit.recur(0)}`),
});
