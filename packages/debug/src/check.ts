// What a search asks at each step: whether a graph still fails. Any predicate serves; here are those that compare two runners.

import { isTrtxError } from '@trtx/errors';
import { cloneGraph, type Graph, type Runner, type Tensors } from '@trtx/ir';
import { compareTensors, type Tolerance } from './compare-tensors.ts';

/** Whether a graph fails on these inputs. The graph is the check's own. What it throws ends the search. */
export type Check = (graph: Graph, inputs: Tensors) => Promise<boolean>;

/** Makes a graph, which may be changed, ready to run. */
export type Prepare = (graph: Graph) => Promise<Runner>;

export interface DifferenceOptions extends Tolerance {
  /**
   * What it means that a graph cannot be made ready or run: `passes` (the default) for another failure than the one that is
   * looked for, `fails` for the very one, `throws` to end the search.
   */
  readonly onError?: 'passes' | 'fails' | 'throws';
}

/** Fails where an output of `actual` is outside the tolerance of what `expected` gives. */
export function differs(actual: Prepare, expected: Prepare, options: DifferenceOptions): Check {
  return async (graph, inputs) => {
    const wanted = await runOnce(expected, cloneGraph(graph), inputs);
    return differsFrom(actual, wanted, options)(graph, inputs);
  };
}

/** Fails where an output of `actual` is outside the tolerance of the expected one of its name. */
export function differsFrom(actual: Prepare, expected: Tensors, options: DifferenceOptions): Check {
  return async (graph, inputs) => {
    const names = graph.outputs.map(({ name }) => name);
    let outputs: Tensors;
    try {
      outputs = await runOnce(actual, graph, inputs);
    } catch (error) {
      if (!isTrtxError(error) || options.onError === 'throws') throw error;
      return options.onError === 'fails';
    }
    return names.some((name) => !compareTensors(name, outputs.get(name)!, expected.get(name)!, options).ok);
  };
}

/** Makes ready, runs and disposes. */
export async function runOnce(prepare: Prepare, graph: Graph, inputs: Tensors): Promise<Tensors> {
  const runner = await prepare(graph);
  try {
    return await runner.run(inputs);
  } finally {
    await runner.dispose?.();
  }
}
