// Many small cases in one engine: built, loaded and run by the whole chain, each node between inputs and outputs of its own.

import { EngineRunner } from '@trtx/builder';
import { type BuilderAttributes, type DType, GraphBuilder, type Tensor } from '@trtx/ir';
import { expect } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { isNear, isSubnormal, numbersIn, type Tolerance } from './float64.ts';
import { SEED, type Shape } from './shapes.ts';

export interface Trial {
  readonly op: string;
  readonly operands: readonly (Operand | null)[];
  readonly attributes?: BuilderAttributes;
  /** What each output has to be. */
  readonly expected: readonly Expected[];
}

export interface Operand extends Tensor {
  /** Known at build: a constant of the graph. */
  readonly constant?: boolean;
}

export interface Expected {
  readonly dtype: DType;
  readonly dims: Shape;
  readonly values: ArrayLike<number>;
  readonly tolerance: Tolerance | ((index: number) => Tolerance);
  /** Tells 0 from −0. */
  readonly signedZero?: boolean;
}

/** Why integers of 64 bits may be computed on the host: in uint64, or where no kernel finds out that 32 bits are too few. */
const OUTGROWS = '32 bits may not hold what it computes in 64';
const UNCHECKED: ReadonlySet<string> = new Set(
  'Cast CastLike ReduceProd ReduceL2 ReduceLogSum ReduceMin ReduceMax CumProd MatMul Gemm Einsum ScatterElements ScatterND'.split(
    ' ',
  ),
);

/** Runs all trials as one graph, on the GPU but for what 32 bits do not hold, and complains about every one with a result that will not do. */
export async function expectTrials(trials: readonly Trial[]): Promise<void> {
  const b = new GraphBuilder('trials');
  const feeds = new Map<string, Tensor>();
  trials.forEach(({ op, operands, attributes, expected }, i) => {
    const inputs = operands.map((operand, j) => {
      if (!operand) return null;
      const { dtype, dims, data, constant } = operand;
      if (constant) return b.constant(dtype, dims, Array.from(data as Float32Array, Number));
      feeds.set(`x${i}_${j}`, { dtype, dims, data });
      return b.input(`x${i}_${j}`, dtype, dims);
    });
    const outputs = b.op(op, inputs, attributes, { name: `t${i}`, outputs: expected.length });
    expected.forEach((_, j) => {
      b.output(`y${i}_${j}`, outputs[j]!);
    });
  });
  const { device, isFallback } = await testDevice();
  const runner = await EngineRunner.create(b.graph, { device, software: isFallback });
  try {
    const unsigned = new Set(
      trials.flatMap(({ operands }, i) => (operands.some((x) => x?.dtype === 'uint64') ? [`t${i}`] : [])),
    );
    const isOpen = (op: string, node: string) => UNCHECKED.has(op) || unsigned.has(node);
    expect(
      runner.engine.plan.hostNodes.filter(
        ({ step, reason, op, nodes: [node] }) => step !== undefined && !(reason === OUTGROWS && isOpen(op, node!)),
      ),
    ).toEqual([]);
    const results = await runner.run(feeds);
    const complaints = trials.flatMap((trial, i) =>
      trial.expected.flatMap((expected, j) => {
        const wrong = complaint(results.get(`y${i}_${j}`)!, expected);
        return wrong === undefined ? [] : [`${describeTrial(trial)}, output ${j}: ${wrong}`];
      }),
    );
    expect(complaints, `seed ${SEED}`).toEqual([]);
  } finally {
    await runner.dispose();
  }
}

/** What is wrong with a result, if anything is. */
function complaint(actual: Tensor, { dtype, dims, values, tolerance, signedZero }: Expected): string | undefined {
  const [type, wanted] = [`${actual.dtype}[${actual.dims}]`, `${dtype}[${dims}]`];
  if (type !== wanted) return `${type} for ${wanted}`;
  const results = numbersIn(actual);
  const bad = results.flatMap((result, i) => {
    const within = typeof tolerance === 'function' ? tolerance(i) : tolerance;
    const near = isNear(result, values[i]!, within);
    const signed = !signedZero || result !== 0 || Object.is(result, values[i]) || isSubnormal(values[i]!);
    return near && signed ? [] : [`[${i}] ${printed(result)} for ${printed(values[i]!)}`];
  });
  if (bad.length === 0) return undefined;
  return `${bad.length} of ${results.length} wrong: ${bad.slice(0, +(process.env.BAD ?? 3)).join(', ')}`;
}

function describeTrial({ op, operands, attributes = {} }: Trial): string {
  const inputs = operands.map((operand) => operand && `${operand.dtype}[${operand.dims}]`);
  return `${op}(${inputs.join(', ')}) ${JSON.stringify(attributes)}`;
}

const printed = (x: number) => (Object.is(x, -0) ? '-0' : String(x));
