// Layers of a graph beside the same graph as it was, on the same samples.

import { TrtxError } from '@trtx/errors';
import type { Graph, Node } from '@trtx/ir';
import { type MakeRunner, onReference, withOutputs } from '../calibration/calibrate.ts';
import { float32Of } from '../calibration/observer.ts';
import type { Samples } from '../calibration/sample.ts';
import { isContraction } from '../weights/operands.ts';
import { ErrorSum } from './error.ts';
import type { LayerError } from './report.ts';

export interface CompareOptions {
  /** Which nodes of `before`, by name; all contractions by default. */
  readonly nodes?: Iterable<string>;
  /** What runs the samples: the reference by default. */
  readonly runner?: MakeRunner;
}

/**
 * How far what layers give in `after`, a quantized copy, is from what they give in `before`, in data order. Both are run on each
 * sample, so a few will do.
 * @throws TrtxError COMPARE where `after` lacks what a layer of `before` gives
 */
export async function compareLayers(
  before: Graph,
  after: Graph,
  samples: Samples,
  { nodes, runner: make = onReference }: CompareOptions = {},
): Promise<LayerError[]> {
  const wanted = nodes && new Set(nodes);
  const layers = before.topological().filter((node) => (wanted ? wanted.has(node.name) : isContraction(node)));
  checkThere(layers, after);
  const names = layers.map(({ output }) => output.name);
  const sums = names.map(() => new ErrorSum());
  const both = [withOutputs(before, names), withOutputs(after, names)] as const;
  const runners = [await make(both[0].graph), await make(both[1].graph)] as const;
  try {
    for await (const sample of samples) {
      const results = [await runners[0].run(sample), await runners[1].run(sample)] as const;
      names.forEach((name, i) => {
        const [expected, actual] = results.map((tensors, side) => tensors.get(both[side as 0].outputs.get(name)!)!);
        sums[i]!.add(float32Of(expected!), float32Of(actual!));
      });
    }
  } finally {
    for (const runner of runners) await runner.dispose?.();
  }
  return layers.map(({ name, op, origin, output }, i) => {
    return { node: name, op: op.name, origin, tensor: output.name, ...sums[i]!.error };
  });
}

function checkThere(layers: readonly Node[], after: Graph): void {
  const there = new Set([...after.nodes].map(({ output }) => output?.name));
  const missing = layers.find(({ output }) => !there.has(output.name));
  if (missing)
    throw new TrtxError('COMPARE', 'the quantized graph has no such tensor', {
      node: missing.name,
      tensor: missing.output.name,
      hint: 'Compare a graph with a copy of it that was quantized, without passes in between.',
    });
}
