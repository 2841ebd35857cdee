// A model on its engine and on another one, in turn.

import { type Comparison, compareTensors } from '@trtx/debug';
import type { Tensor, Tensors } from '@trtx/ir';
import { surveyModel } from '@trtx/onnx';
import { type PairOptions, type Pairs, timePairs } from '@trtx/profiler';
import type { Engine, HostTensor } from '@trtx/runtime';
import { readBytes } from './files.ts';
import type { OpponentChoice } from './opponents/index.ts';
import { withinLimit } from './opponents/limit.ts';
import { toleranceFrom } from './tolerance.ts';
import { readConstantTensors, type ValueOptions } from './values.ts';

export interface Versus {
  readonly name: string;
  /** Milliseconds until the other engine had the model, and of its first run. */
  readonly theirLoadMs: number;
  readonly theirFirstRunMs: number;
  readonly pairs: Pairs;
  /** Ours as theirs should be. */
  readonly outputs: readonly Comparison[];
}

export interface VersusOptions extends PairOptions, ValueOptions {
  /** Seconds that the other engine may take to load the model and run it once. */
  readonly vsLimit: number;
  /** Whether ours works in float16. */
  readonly fp16?: boolean;
}

/** Times from data to data. @throws TrtxError PACKAGE_MISSING, OPPONENT */
export async function timeVersus(
  choice: OpponentChoice,
  model: string,
  { engine, inputs }: { readonly engine: Engine; readonly inputs: Readonly<Record<string, HostTensor>> },
  options: VersusOptions,
): Promise<Versus> {
  const { plan } = engine;
  const tolerance = toleranceFrom({}, options.fp16 ?? false);
  const given = await inputsOf(model, engine, inputs, options);
  const context = engine.createContext();
  const { theirs, expected, theirLoadMs, theirFirstRunMs } = await withinLimit(choice.name, options.vsLimit, (signal) =>
    begin(choice, model, given, signal),
  );
  try {
    const actual = await context.run(inputs);
    const outputs = plan.outputs.flatMap(({ name, dtype }, i) => {
      const [tensor, { data, dims }] = [expected.get(name) ?? [...expected.values()][i], actual[name]!];
      return tensor ? [compareTensors(name, { dtype, dims, data: data as Tensor['data'] }, tensor, tolerance)] : [];
    });
    const pairs = await timePairs(
      () => context.run(inputs),
      () => theirs.run(given),
      options,
    );
    return { name: theirs.name, theirLoadMs, theirFirstRunMs, pairs, outputs };
  } finally {
    await theirs.release();
    await context.dispose();
  }
}

/** What the model takes, in its order: ours has what `--constant` gives built in, the other engine is given it. */
async function inputsOf(
  model: string,
  { plan }: Engine,
  inputs: Readonly<Record<string, HostTensor>>,
  options: ValueOptions,
): Promise<Tensors> {
  const known = await readConstantTensors(model, options);
  for (const { name, dtype } of plan.inputs) {
    const { data, dims } = inputs[name]!;
    known.set(name, { dtype, dims, data: data as Tensor['data'] });
  }
  const names = surveyModel(await readBytes(model)).inputs.map(({ name }) => name);
  return new Map(names.flatMap((name) => (known.has(name) ? [[name, known.get(name)!]] : [])));
}

/** Loads the other engine and runs it once. */
async function begin(choice: OpponentChoice, model: string, inputs: Tensors, signal: AbortSignal) {
  const start = performance.now();
  const theirs = await choice.open(model, signal);
  const loaded = performance.now();
  const expected = await theirs.run(inputs);
  return { theirs, expected, theirLoadMs: loaded - start, theirFirstRunMs: performance.now() - loaded };
}
