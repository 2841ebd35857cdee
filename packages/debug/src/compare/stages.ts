// Which half of a build departs. A name that survives the passes is to be the same tensor, but nothing makes sure of that, and
// a wrong rule keeps names too: the reference on the graph as passes left it stands between. Kernels are compared with it by
// names of one graph, passes by the outputs, whose names they may not change.

import type { Graph, Tensors } from '@trtx/ir';
import type { Tolerance } from '../compare-tensors.ts';
import type { Subject } from '../subject.ts';
import { compareValues, type TensorComparison, type ValuesReport } from './values.ts';

export interface StagesOptions extends Tolerance {
  /** The graph that the engine was built from. */
  readonly source: Graph;
  /** As passes left it. */
  readonly optimized: Graph;
  /** What computes the optimized graph plainly: `referenceSubject(optimized)`. */
  readonly between: Subject;
}

export interface StagesReport {
  /** The optimized graph on the reference, against what was expected. */
  readonly passes: ValuesReport;
  /** The engine, against the optimized graph on the reference. */
  readonly kernels: ValuesReport;
  /** What departs: `neither` where each half is within the tolerance and only both together are not. */
  readonly blame: 'passes' | 'kernels' | 'both' | 'neither';
  /** Tensors at which departing begins, in the half that is to blame. */
  readonly departures: readonly TensorComparison[];
  /**
   * Names of tensors that the passes change though no output changes: others of the same name, or the order of ties. Nothing
   * is wrong with them.
   */
  readonly withoutEffect: readonly string[];
}

/** Compares the halves of the way from `expected` (of the source graph) to an engine. */
export async function compareStages(
  engine: Subject,
  expected: Subject,
  inputs: Tensors,
  { source, optimized, between, ...options }: StagesOptions,
): Promise<StagesReport> {
  const passes = await compareValues(between, expected, inputs, { ...options, graph: source });
  const kernels = await compareValues(engine, between, inputs, { ...options, graph: optimized });
  const outputsAgree = [...passes.tensors, ...passes.incomparable].every(
    (one) => !one.isOutput || ('ok' in one && one.ok),
  );
  const [byPasses, byKernels] = [!outputsAgree, !kernels.ok];
  return {
    passes,
    kernels,
    blame: byPasses && byKernels ? 'both' : byPasses ? 'passes' : byKernels ? 'kernels' : 'neither',
    departures: [...(byPasses ? departingIn(passes) : []), ...(byKernels ? departingIn(kernels) : [])],
    withoutEffect: outputsAgree ? passes.tensors.flatMap(({ ok, name }) => (ok ? [] : [name])) : [],
  };
}

/** The tensors at which departing begins. */
export function departingIn({ departures, tensors }: ValuesReport): TensorComparison[] {
  return tensors.filter(({ name }) => departures.includes(name));
}

/** A subject that computes once for each set of inputs, and gives all that it has of that. */
export function remembering(subject: Subject): Subject {
  const known = new WeakMap<Tensors, ReturnType<Subject['values']>>();
  return {
    name: subject.name,
    values(inputs) {
      const values = known.get(inputs) ?? subject.values(inputs);
      known.set(inputs, values);
      return values;
    },
    makerOf: (tensor) => subject.makerOf?.(tensor),
    dispose: () => subject.dispose?.(),
  };
}
