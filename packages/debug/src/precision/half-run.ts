// One run of a graph in float16 on the reference, which rounds every tensor: what became of each, beside float32.

import { cloneGraph, type Graph, isFloat, type Node, type Tensor, type Tensors, type Value } from '@trtx/ir';
import { type Float16Options, toFloat16 } from '@trtx/passes';
import { type ReferenceKernels, ReferenceRunner } from '@trtx/reference';
import { type Loss, lossOf } from './loss.ts';

export interface HalfRun {
  readonly outputs: Tensors;
  /** Names of the nodes that worked in float16. */
  readonly converted: ReadonlySet<string>;
  /** One for each float tensor, in the order in which they were computed. */
  readonly losses: readonly NodeLoss[];
}

export interface NodeLoss extends Loss {
  /** As in the float32 graph; that of a Cast is the tensor that it casts. */
  readonly tensor: string;
  readonly node: Node;
  /** The largest loss among what the node read; none where it read no floats, or constants alone. */
  readonly before: Loss;
}

const NONE: Loss = { infinite: 0, nan: 0, error: 0 };

/** @param exact all tensors of the graph in float32, by name */
export async function halfRun(
  graph: Graph,
  inputs: Tensors,
  exact: Tensors,
  options: Float16Options,
  kernels?: ReferenceKernels,
): Promise<HalfRun> {
  const half = cloneGraph(graph);
  const originals = new Map([...graph.nodes].map((node) => [node.name, node]));
  const { converted } = toFloat16(half, options);
  const losses: NodeLoss[] = [];
  const known = new Map<Value, { readonly tensor: string; readonly loss: Loss }>();
  const runner = new ReferenceRunner(half, {
    kernels,
    onNode(node, outputs) {
      const read = node.inputs.flatMap((input) => (input && known.get(input)) ?? []);
      const before = read.map(({ loss }) => loss).reduce(worse, NONE);
      outputs.forEach((output, i) => {
        const value = node.outputs[i];
        if (!value || !isFloat(output.dtype)) return;
        // Nodes keep their names, tensors may not; a Cast that was added gives what it reads.
        const original = originals.get(node.name)?.outputs[i]?.name;
        const tensor = original ?? read[0]?.tensor ?? node.inputs[0]!.name;
        const expected = exact.get(tensor);
        if (!expected || !isFloat(expected.dtype)) return;
        const loss = lossOf(output, expected);
        known.set(value, { tensor, loss });
        losses.push({ tensor, node, before, ...loss });
      });
    },
  });
  const outputs = await runner.run(inputs);
  return { outputs, converted: new Set(converted), losses };
}

function worse(a: Loss, b: Loss): Loss {
  return {
    infinite: Math.max(a.infinite, b.infinite),
    nan: Math.max(a.nan, b.nan),
    error: Math.max(a.error, b.error),
  };
}

/** All tensors of a graph in float32, by name, those that are wanted under the names of outputs included. */
export async function exactTensors(
  graph: Graph,
  inputs: Tensors,
  kernels?: ReferenceKernels,
): Promise<Map<string, Tensor>> {
  return new ReferenceRunner(graph, { kernels, values: 'all' }).run(inputs);
}
