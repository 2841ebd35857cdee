// Small graphs as test cases: how to write one down, compile it with any tactic, run it, and what it has to give.

import { type Compiled, compile, PORTABLE, type Tactic, type Target } from '@trtx/codegen';
import { engineBytes } from '@trtx/engine';
import { isTrtxError } from '@trtx/errors';
import {
  arrayType,
  codecOf,
  type DataArray,
  type DimRange,
  type DType,
  elementCount,
  type Graph,
  GraphBuilder,
  specialize,
  type Tensor,
  type Value,
} from '@trtx/ir';
import { hostOps, ReferenceRunner, toFloat64 } from '@trtx/reference';
import { Engine, type TensorData } from '@trtx/runtime';
import { expectClose } from '../support/compare.ts';

/** An input of a case; its values are random in [low, high), whole numbers for integers. */
export interface CaseInput {
  readonly dtype: DType;
  /** Names are symbols. */
  readonly dims: readonly (number | string)[];
  readonly low?: number;
  readonly high?: number;
}

export interface Case {
  readonly name: string;
  readonly inputs: readonly CaseInput[];
  /** Writes the graph; gives its outputs. */
  build(b: GraphBuilder, ...inputs: Value[]): Value | readonly Value[];
  /** Ranges of the symbols. */
  readonly symbols?: Readonly<Record<string, DimRange>>;
  /** Values of the symbols, for each run of one engine. */
  readonly runs?: readonly Readonly<Record<string, number>>[];
}

export const f32 = (...dims: (number | string)[]): CaseInput => ({ dtype: 'float32', dims });

/** A new graph of the case: compiling changes it. */
export function graphOf({ name, inputs, build, symbols = {} }: Case): Graph {
  const b = new GraphBuilder(name);
  const values = inputs.map(({ dtype, dims }, i) => b.input(`x${i}`, dtype, dims));
  const results = [build(b, ...values)].flat() as Value[];
  results.forEach((value, i) => {
    b.output(`y${i}`, value);
  });
  const profile = inputs.map(({ dims }, i) => {
    return [`x${i}`, dims.map((dim) => (typeof dim === 'string' ? symbols[dim]! : null))] as const;
  });
  return specialize(b.graph, Object.fromEntries(profile));
}

/**
 * The case with another type of floats for float32: inputs, and constants but where an op takes float32 alone. Undefined
 * for a case that has no float32, or an op that does not take the type.
 */
export function inType(one: Case, dtype: DType): Case | undefined {
  const { encode } = codecOf(dtype)!;
  const narrow: Case = {
    ...one,
    name: `${one.name}, ${dtype}`,
    inputs: one.inputs.map((input) => (input.dtype === 'float32' ? { ...input, dtype } : input)),
    build(b, ...inputs) {
      const kept = new Map<Value | null, () => Value>();
      const constant = b.constant.bind(b) as (type: DType, dims: readonly number[], values: readonly number[]) => Value;
      b.constant = ((type: DType, dims: readonly number[], values: readonly number[]) => {
        if (type !== 'float32') return constant(type, dims, values);
        const value = constant(
          dtype,
          dims,
          values.map((x) => encode(x)),
        );
        kept.set(value, () => constant(type, dims, values));
        return value;
      }) as typeof b.constant;
      const addNode = b.graph.addNode.bind(b.graph);
      b.graph.addNode = (op, values, ...rest) => {
        const takes = (i: number) => op.inputs[Math.min(i, op.inputs.length - 1)]?.types?.includes(dtype) ?? true;
        return addNode(
          op,
          values.map((value, i) => (takes(i) ? value : (kept.get(value)?.() ?? value))),
          ...rest,
        );
      };
      return one.build(b, ...inputs);
    },
  };
  try {
    const graph = graphOf(narrow);
    const values = [...graph.inputs, ...graph.topological().flatMap(({ outputs }) => outputs)];
    return values.some(({ type }) => type.dtype === dtype) ? narrow : undefined;
  } catch (error) {
    if (isTrtxError(error)) return undefined;
    throw error;
  }
}

/** The inputs of each run. */
export function feedsOf({ inputs, runs = [{}] }: Case): Map<string, Tensor>[] {
  return runs.map((sizes, run) => {
    return new Map(
      inputs.map(({ dtype, dims, low, high }, i) => {
        const known = dims.map((dim) => (typeof dim === 'string' ? sizes[dim]! : dim));
        return [`x${i}`, random(known, { dtype, low, high, seed: 1 + i + 10 * run })];
      }),
    );
  });
}

/** A constant of random numbers, the same in every graph of a case. */
export function weights(b: GraphBuilder, dims: readonly number[], options: RandomOptions = {}): Value {
  const { dtype, data } = random(dims, { seed: 100 + elementCount(dims), ...options });
  return b.constant(dtype, dims, Array.from(data as Float32Array, Number));
}

/** A constant vector of int64. */
export const ints = (b: GraphBuilder, ...values: number[]): Value => b.constant('int64', [values.length], values);

export interface RandomOptions {
  readonly dtype?: DType;
  readonly low?: number;
  readonly high?: number;
  readonly seed?: number;
}

/** Random numbers, the same in every run. */
export function random(
  dims: readonly number[],
  { dtype = 'float32', low, high, seed = 1 }: RandomOptions = {},
): Tensor {
  const [from, to] = [low ?? (dtype === 'bool' || dtype.startsWith('u') ? 0 : -1), high ?? (dtype === 'bool' ? 2 : 1)];
  let state = Math.imul(seed, 2654435761) | 0;
  const data = new (arrayType(dtype))(elementCount(dims)) as Float32Array | BigInt64Array | BigUint64Array;
  const encode = dtype.includes('float') ? codecOf(dtype)?.encode : undefined;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    const value = from + ((state >>> 8) / 2 ** 24) * (to - from);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(Math.floor(value));
    else data[i] = encode ? encode(value) : dtype.includes('float') ? value : Math.floor(value);
  }
  return { dtype, dims, data: data as DataArray };
}

export interface Variant {
  /** One for each group. */
  readonly tactics: readonly Tactic[];
  readonly compiled: Compiled;
}

const SOFTWARE: Target = { ...PORTABLE, software: true };

/** The case with each tactic in turn, cheapest first, of whichever group has the most of them; by default on a software adapter. */
export function* variantsOf(make: () => Graph, target = SOFTWARE): Generator<Variant> {
  let count = 1;
  for (let i = 0; i < count; i++) {
    const chosen: Tactic[] = [];
    const choose = (tactics: readonly Tactic[]) => {
      count = Math.max(count, tactics.length);
      const tactic = tactics[Math.min(i, tactics.length - 1)];
      if (tactic) chosen.push(tactic);
      return tactic;
    };
    const compiled = compile(make(), { target, choose });
    yield { tactics: chosen, compiled };
  }
}

/** What a graph gives on the reference, for each run. */
export async function expectedOf(
  graph: Graph,
  feeds: readonly ReadonlyMap<string, Tensor>[],
): Promise<Map<string, Tensor>[]> {
  const reference = new ReferenceRunner(graph);
  const results: Map<string, Tensor>[] = [];
  for (const inputs of feeds) results.push(await reference.run(inputs));
  return results;
}

/** Runs what was compiled: one engine, one context, all feeds in turn. */
export async function runCompiled(
  device: GPUDevice,
  { plan, blobs }: Compiled,
  feeds: readonly ReadonlyMap<string, Tensor>[],
): Promise<Map<string, Tensor>[]> {
  const bytes = engineBytes({ plan, blobs: blobs.map((blob) => blob()), builder: 'test' });
  const engine = await Engine.load(bytes, { device, hostOps: hostOps() });
  try {
    const context = engine.createContext();
    const results: Map<string, Tensor>[] = [];
    for (const inputs of feeds) {
      const given = [...inputs].map(
        ([name, { data, dims }]) => [name, { data: data as TensorData | readonly string[], dims }] as const,
      );
      const outputs = await context.run(Object.fromEntries(given));
      results.push(
        new Map(
          engine.plan.outputs.map(({ name, dtype }) => {
            const { dims, data } = outputs[name]!;
            return [name, { dtype, dims, data } as Tensor];
          }),
        ),
      );
    }
    return results;
  } finally {
    await engine.dispose();
  }
}

/** Expects results to be those of the reference, to 1e-4 and 1e-5 of the largest. */
export function expectSame(
  actual: readonly ReadonlyMap<string, Tensor>[],
  expected: readonly ReadonlyMap<string, Tensor>[],
  what: string,
  { relative = 1e-4, absolute = 1e-5 } = {},
): void {
  expected.forEach((run, i) => {
    for (const [name, tensor] of run) {
      const scale = tensor.dtype.includes('float')
        ? toFloat64(tensor).reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0)
        : 0;
      const tolerance = { relative, absolute: absolute * (scale || 1) };
      expectClose(actual[i]!.get(name)!, tensor, tolerance, `${what}, run ${i}, ${name}`);
    }
  });
}
