// Runs a graph on the CPU, one node after the other, each by its reference kernel.

import { TrtxError } from '@trtx/errors';
import type { Graph, Node, Runner, Tensor, Tensors } from '@trtx/ir';
import { bindInputs } from './bind.ts';
import type { ReferenceKernels } from './kernel.ts';
import { standardKernels } from './kernels/index.ts';
import { runGraph } from './run-graph.ts';

export interface ReferenceOptions {
  /** Kernels by op; those for the default ONNX domain by default. */
  kernels?: ReferenceKernels;
  /** Values of the graph to give beside its outputs, by name, or `'all'`; of those in a body, what they were last. */
  values?: readonly string[] | 'all';
  /** Called after each node, with its outputs. */
  onNode?(node: Node, outputs: readonly Tensor[], milliseconds: number): void;
}

/**
 * The reference: every op in float64, each tensor rounded to its type. Slow and plain; what others are compared with.
 *
 *     const outputs = await new ReferenceRunner(graph).run(new Map([['x', { dtype: 'float32', dims: [2], data }]]));
 */
export class ReferenceRunner implements Runner {
  readonly #graph: Graph;
  readonly #options: ReferenceOptions;

  /** @throws TrtxError GRAPH_CYCLE; REFERENCE where `values` names what the graph lacks */
  constructor(graph: Graph, options: ReferenceOptions = {}) {
    this.#graph = graph;
    this.#options = options;
    const names = new Set<string>();
    for (const each of graph.withBodies()) {
      for (const input of each.inputs) names.add(input.name);
      for (const node of each.topological()) for (const value of node.outputs) names.add(value.name);
    }
    for (const name of options.values === 'all' ? [] : (options.values ?? []))
      if (!names.has(name)) throw new TrtxError('REFERENCE', 'the graph has no such value', { tensor: name });
  }

  /**
   * Runs once. Gives the graph's outputs by name, and the values asked for by theirs (an output of the same name is
   * itself).
   *
   * @throws TrtxError as `bindInputs` where the inputs do not fit the graph, and as `evaluateNode`
   */
  async run(inputs: Tensors): Promise<Map<string, Tensor>> {
    const { inputs: values, outputs } = this.#graph;
    const bindings = bindInputs(this.#graph, inputs);
    const { kernels = standardKernels, values: wanted, onNode } = this.#options;
    const kept = new Map<string, Tensor>();
    const given = values.map(({ name }) => inputs.get(name)!);
    const results = runGraph(this.#graph, given, bindings, {
      kernels,
      onNode,
      keep(value, tensor) {
        if (wanted === 'all' || wanted?.includes(value.name)) kept.set(value.name, tensor);
      },
    });
    outputs.forEach(({ name }, i) => {
      kept.set(name, results[i]!);
    });
    return kept;
  }
}
