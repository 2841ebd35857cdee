// Plans with branches and loops, written by hand. All dispatches compute y = 2x + 1 over as many elements as a size says.
import type {
  DataSymbol,
  Dispatch,
  ExprNode,
  IfStep,
  LoopStep,
  Plan,
  PlanBlock,
  PlanMove,
  PlanRange,
  PlanTensor,
  PlanValue,
  Size,
  SourceType,
  Step,
  StorageType,
} from '@trtx/engine';
import { header, planOf } from './plans.ts';

/** Buffers: 0 params, 1 and 2 arenas, then those of inputs and outputs. */
export const [A, B] = [1, 2];
const BLOCK = 256;
const ARENA_BYTES = 1 << 14;

export class Draft {
  readonly values: PlanValue[] = [];
  readonly inputs: PlanTensor[] = [];
  readonly outputs: PlanTensor[] = [];
  readonly #symbols: Plan['symbols'][number][] = [];
  readonly #exprs: ExprNode[] = [
    ['#', 63],
    ['#', 64],
  ];
  readonly #buffers: Plan['buffers'][number][] = [
    { kind: 'params', bytes: 4096 },
    { kind: 'arena', bytes: ARENA_BYTES },
    { kind: 'arena', bytes: ARENA_BYTES },
  ];
  readonly #params: [number, Size][] = [];

  /** A value, on the GPU where it has a place. */
  value(name: string, dtype: SourceType, shape: readonly Size[], place?: PlanRange): number {
    const gpu = place && { gpu: { ...place, storage: storageFor(dtype) } };
    return this.values.push({ name, dtype, shape, ...gpu }) - 1;
  }

  elements(name: string, ...elements: Size[]): number {
    return this.values.push({ name, dtype: 'int64', shape: [elements.length], elements }) - 1;
  }

  /** An input that the host has and, unless it is `hostOnly`, the GPU too. */
  input(name: string, dtype: SourceType, shape: readonly Size[], hostOnly = false): number {
    const tensor = { name, dtype, shape };
    if (hostOnly) {
      const value = this.value(name, dtype, shape);
      this.inputs.push({ ...tensor, value });
      return value;
    }
    const buffer = this.#buffers.push({ kind: 'input', bytes: 4096 }) - 1;
    const value = this.value(name, dtype, shape, { buffer, offset: 0 });
    this.inputs.push({ ...tensor, storage: storageFor(dtype), buffer, value });
    return value;
  }

  /** An output that the host has: a value. */
  hostOutput(value: number): void {
    const { name, dtype, shape } = this.values[value]!;
    this.outputs.push({ name, dtype, shape, value });
  }

  /** An output on the GPU, and where it lies. */
  output(name: string, dtype: SourceType, shape: readonly Size[]): PlanRange {
    const buffer = this.#buffers.push({ kind: 'output', bytes: 4096 }) - 1;
    this.outputs.push({ name, dtype, shape, storage: storageFor(dtype), buffer });
    return { buffer, offset: 0 };
  }

  /** The length of an input. */
  length(name: string, input: number): Size {
    return this.#symbol({ name, input, axis: 0, min: 0, max: 64, multipleOf: 1 });
  }

  /** A size that a value tells. */
  told(name: string, value: number, place: { axis: number } | { element: number } = { axis: 0 }): Size {
    return this.#symbol({ name, value, ...place, min: 0, max: 64, multipleOf: 1 } as DataSymbol);
  }

  expr(node: ExprNode): Size & object {
    return { expr: this.#exprs.push(node) - 1 };
  }

  /** y = 2x + 1 between places, of which one is bound read-only and so has another buffer. */
  affine(from: PlanRange, to: PlanRange, count: Size): Dispatch {
    const block = this.#params.length;
    this.#params.push([block * (BLOCK / 4), count]);
    const size = typeof count === 'number' ? this.expr(['#', count]) : count;
    const more = this.expr(['+', size.expr, 0]);
    const bind = (place: PlanRange) => (place.buffer <= B ? { ...place, size: BLOCK } : place);
    return {
      pipeline: 0,
      bindings: [{ buffer: 0, offset: block * BLOCK, size: 16 }, bind(from), bind(to)],
      workgroups: [this.expr(['/', more.expr, 1])],
      label: 'map affine',
      nodes: ['Affine'],
    };
  }

  plan(steps: readonly Step[]): Plan {
    return planOf({
      symbols: this.#symbols,
      exprs: this.#exprs,
      inputs: this.inputs,
      outputs: this.outputs,
      values: this.values,
      buffers: this.#buffers,
      params: this.#params,
      modules: [
        `${header}
        @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
          if (id.x < params.n) { y[id.x] = 2 * x[id.x] + 1; }
        }`,
      ],
      pipelines: [{ module: 0, entryPoint: 'main', layout: ['uniform', 'read', 'read_write'] }],
      steps,
    });
  }

  #symbol(symbol: Plan['symbols'][number]): Size {
    return this.expr(['$', this.#symbols.push(symbol) - 1]);
  }
}

function storageFor(dtype: SourceType): StorageType {
  return dtype === 'float32' ? 'f32' : dtype === 'bool' ? 'u32' : 'i32';
}

export function work(...dispatches: Dispatch[]): Step {
  return { kind: 'dispatches', dispatches };
}

export function host(op: string, inputs: readonly number[], outputs: readonly number[]): Step {
  return { kind: 'host', op, attributes: {}, inputs, outputs, node: `${op}_0`, reason: 'no kernel' };
}

export function branch(condition: number, yes: Partial<PlanBlock>, no: Partial<PlanBlock>): IfStep {
  const block = (parts: Partial<PlanBlock>) => ({ steps: [], moves: [], ...parts });
  return { kind: 'if', condition, onTrue: block(yes), onFalse: block(no), node: 'If_0' };
}

export function loop(parts: Partial<LoopStep>): LoopStep {
  return { kind: 'loop', enter: [], steps: [], carry: [], exit: [], stacks: [], node: 'Loop_0', ...parts };
}

export function move(from: number, to: number): PlanMove {
  return { from, to };
}

/**
 * Rounds of 2x + 1 until `test::Look` has seen enough of what is on the GPU. Outputs: all states, stacked on the GPU, what
 * `test::Look` names each, the numbers of the rounds, and the last state. The size of a state may be told by the run.
 */
export function untilPlan(shape: 'known' | 'told' = 'known'): Plan {
  const d = new Draft();
  const x = d.input('x', 'float32', [2]);
  const most = d.input('most', 'int64', [], true);
  const state = d.value('state', 'float32', [2], { buffer: A, offset: 0 });
  const next = d.value('next', 'float32', [2], { buffer: B, offset: 0 });
  const goes = d.value('goes', 'bool', []);
  const name = d.value('name', 'string', [1]);
  const k = d.value('k', 'int64', []);
  const all = d.values.length;
  const n = d.told('n', all);
  const m = d.told('m', all, { axis: 1 });
  const slice = shape === 'known' ? 2 : m;
  d.value('all', 'float32', [n, slice], d.output('all', 'float32', [n, slice]));
  const names = d.value('names', 'string', [n, 1]);
  const ks = d.value('ks', 'int64', [n], { buffer: A, offset: 2048 });
  const last = d.value('last', 'float32', [2]);
  for (const value of [names, ks, last]) d.hostOutput(value);
  return d.plan([
    loop({
      trips: most,
      next: goes,
      iteration: k,
      enter: [move(x, state)],
      steps: [
        work(d.affine({ buffer: A, offset: 0 }, { buffer: B, offset: 0 }, 2)),
        host('test::Look', [next, k], [goes, name]),
      ],
      carry: [move(next, state)],
      exit: [move(state, last)],
      stacks: [move(next, all), move(name, names), move(k, ks)],
    }),
  ]);
}
