// Layers of a graph beside the same graph as it was, on the same samples.

import type { Graph, Node, Tensors } from '@trtx/ir';
import { type MakeRunner, withOutputs } from '../calibration/calibrate.ts';
import { float32Of } from '../calibration/observer.ts';
import { ErrorSum } from './error.ts';
import type { LayerError } from './report.ts';

/**
 * How far what nodes give in `after` is from what the nodes of these names give in `before`.
 * @param nodes of `before`; in `after` their first outputs have the same names
 */
export async function compareLayers(
  before: Graph,
  after: Graph,
  nodes: readonly Node[],
  samples: readonly Tensors[],
  make: MakeRunner,
): Promise<LayerError[]> {
  const names = nodes.map(({ output }) => output.name);
  const sums = names.map(() => new ErrorSum());
  const [expected, actual] = [withOutputs(before, names), withOutputs(after, names)];
  const runners = [await make(expected.graph), await make(actual.graph)] as const;
  try {
    for (const sample of samples) {
      const [wanted, found] = [await runners[0].run(sample), await runners[1].run(sample)];
      names.forEach((name, i) => {
        const pair = [wanted.get(expected.outputs.get(name)!)!, found.get(actual.outputs.get(name)!)!] as const;
        sums[i]!.add(float32Of(pair[0]), float32Of(pair[1]));
      });
    }
  } finally {
    for (const runner of runners) await runner.dispose?.();
  }
  return nodes.map(({ name, op, origin, output }, i) => {
    return { node: name, op: op.name, origin, tensor: output.name, ...sums[i]!.error };
  });
}
