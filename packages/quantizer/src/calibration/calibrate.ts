// Runs samples through a graph and watches tensors of it.

import { TrtxError } from '@trtx/errors';
import { cloneGraph, type Graph, isFloat, type Runner, type Value } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { float32Of, Observer } from './observer.ts';
import { Pace, type Progress } from './progress.ts';
import { checkFinite, checkSample, type Samples } from './sample.ts';

/** Makes a graph ready to run. It may change the graph. */
export type MakeRunner = (graph: Graph) => Runner | Promise<Runner>;

export const onReference: MakeRunner = (graph) => new ReferenceRunner(graph);

export interface CalibrateOptions {
  /** Names of the tensors to watch: inputs and what nodes compute, floats; all by default. Not those in bodies. */
  readonly tensors?: Iterable<string>;
  /** What runs the samples: `onReference` by default. */
  readonly runner?: MakeRunner;
  /** How many samples there are, for the remaining time. */
  readonly total?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * What was seen of each tensor, by name, over all samples.
 * @throws TrtxError CALIBRATION_EMPTY where there are no samples; CALIBRATION_DATA and CALIBRATION_NAN as `checkSample`, and
 *   for tensors that are not finite though the sample is; CALIBRATION_TENSOR for a name that no float tensor has
 */
export async function calibrate(
  graph: Graph,
  samples: Samples,
  options: CalibrateOptions = {},
): Promise<Map<string, Observer>> {
  const { runner: make = onReference, total, onProgress } = options;
  const observers = new Map(watchedNames(graph, options.tensors).map((name) => [name, new Observer()]));
  const { graph: watched, outputs } = withOutputs(graph, observers.keys());
  const runner = await make(watched);
  let index = 0;
  try {
    const pace = new Pace(onProgress, total);
    for await (const sample of samples) {
      checkSample(graph, sample, index);
      const results = await runner.run(sample);
      for (const [name, observer] of observers) {
        const tensor = results.get(outputs.get(name)!)!;
        checkFinite(name, tensor, index, 'The sample is finite: the model itself overflows or divides by 0.');
        observer.add(float32Of(tensor));
      }
      index++;
      pace.step();
    }
  } finally {
    await runner.dispose?.();
  }
  if (index === 0)
    throw new TrtxError('CALIBRATION_EMPTY', 'there are no samples', {
      hint: 'Give at least one; 100 to 500 are usual.',
    });
  return observers;
}

function watchedNames(graph: Graph, asked: Iterable<string> | undefined): string[] {
  const known = new Set([...valuesOf(graph)].filter(({ type }) => isFloat(type.dtype)).map(({ name }) => name));
  if (!asked) return [...known];
  const names = [...new Set(asked)];
  const missing = names.find((name) => !known.has(name));
  if (missing !== undefined)
    throw new TrtxError('CALIBRATION_TENSOR', 'no input and no node gives a float tensor of this name', {
      tensor: missing,
    });
  return names;
}

/** A copy of the graph that gives tensors as outputs too, and under which names it gives them. */
export function withOutputs(graph: Graph, tensors: Iterable<string>): { graph: Graph; outputs: Map<string, string> } {
  const copy = cloneGraph(graph);
  const values = new Map([...valuesOf(copy)].map((value) => [value.name, value]));
  const outputs = new Map<string, string>();
  for (const name of tensors) {
    const value = values.get(name)!;
    const there = copy.outputs.find((output) => output.value === value);
    if (!there) copy.addOutput(freeOutput(copy, name), value);
    outputs.set(name, there?.name ?? copy.outputs.at(-1)!.name);
  }
  return { graph: copy, outputs };
}

function freeOutput({ outputs }: Graph, name: string): string {
  const taken = new Set(outputs.map((output) => output.name));
  let free = name;
  while (taken.has(free)) free = `${free}_`;
  return free;
}

/** Inputs and what nodes compute. */
function* valuesOf(graph: Graph): IterableIterator<Value> {
  yield* graph.inputs;
  for (const { outputs } of graph.nodes) yield* outputs;
}
