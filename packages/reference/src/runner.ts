// Runs a graph on the CPU, one node after the other, each by its reference kernel.

import { TrtxError } from '@trtx/errors';
import type { Graph, Node, Runner, Tensor, Tensors, Value } from '@trtx/ir';
import { type Bindings, bindInputs, bindOutput, dimValue } from './bind.ts';
import { evaluateNode } from './evaluate.ts';
import type { ReferenceKernels } from './kernel.ts';
import { standardKernels } from './kernels/index.ts';
import { tensorOf } from './tensors.ts';

export interface ReferenceOptions {
  /** Kernels by op; those for the default ONNX domain by default. */
  kernels?: ReferenceKernels;
  /** Values of the graph to give beside its outputs, by name, or `'all'`. */
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
  readonly #order: readonly Node[];
  readonly #kernels: ReferenceKernels;
  readonly #options: ReferenceOptions;

  /** @throws TrtxError GRAPH_CYCLE; REFERENCE where `values` names what the graph lacks */
  constructor(graph: Graph, options: ReferenceOptions = {}) {
    this.#graph = graph;
    this.#order = graph.topological();
    this.#kernels = options.kernels ?? standardKernels;
    this.#options = options;
    const names = new Set(this.#order.flatMap((node) => node.outputs.map((value) => value.name)));
    for (const input of graph.inputs) names.add(input.name);
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
    const bindings = bindInputs(this.#graph, inputs);
    const wanted = this.#options.values;
    const kept = new Map<string, Tensor>();
    const keep = (value: Value, tensor: Tensor) => {
      if (wanted === 'all' || wanted?.includes(value.name)) kept.set(value.name, tensor);
    };
    const tensors = new Map<Value, Tensor>();
    const uses = this.#countUses();
    for (const input of this.#graph.inputs) {
      tensors.set(input, inputs.get(input.name)!);
      keep(input, inputs.get(input.name)!);
    }
    for (const node of this.#order) {
      const operands = node.inputs.map((value) => value && readValue(value, tensors));
      const start = performance.now();
      const results = evaluateNode(node, operands, this.#kernels);
      this.#options.onNode?.(node, results, performance.now() - start);
      node.outputs.forEach((value, i) => {
        bindOutput(this.#graph, value, results[i]!.dims, bindings);
        checkShape(node, value, results[i]!, bindings);
        keep(value, results[i]!);
        if (uses.get(value)) tensors.set(value, results[i]!);
      });
      for (const value of node.inputs) if (value) release(value, uses, tensors);
    }
    for (const { name, value } of this.#graph.outputs) kept.set(name, readValue(value, tensors));
    return kept;
  }

  /** How often each value is still to be read. */
  #countUses(): Map<Value, number> {
    const uses = new Map<Value, number>();
    const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
    for (const node of this.#order) for (const value of node.inputs) if (value) count(value);
    for (const { value } of this.#graph.outputs) count(value);
    return uses;
  }
}

function readValue(value: Value, tensors: ReadonlyMap<Value, Tensor>): Tensor {
  if (value.constant) return tensorOf(value.constant);
  const tensor = tensors.get(value);
  if (!tensor) throw new TrtxError('REFERENCE', 'a value that no node and no input gives', { tensor: value.name });
  return tensor;
}

function release(value: Value, uses: Map<Value, number>, tensors: Map<Value, Tensor>): void {
  const left = uses.get(value)! - 1;
  uses.set(value, left);
  if (left === 0) tensors.delete(value);
}

/** What was computed must have the shape that the graph foretold: inference is checked on every run. */
function checkShape(node: Node, value: Value, tensor: Tensor, bindings: Bindings): void {
  const { shape } = value.type;
  const foretold = shape.map((dim) => dimValue(dim, bindings));
  if (shape.length === tensor.dims.length && foretold.every((dim, i) => dim === undefined || dim === tensor.dims[i]))
    return;
  throw new TrtxError(
    'REFERENCE',
    `the tensor is [${tensor.dims.join(',')}] where the graph has [${shape.join(',')}]`,
    {
      node: `${node.name} (${node.op.name})`,
      tensor: value.name,
      hint: 'Shape inference and the tensors disagree: this is a bug, or a constraint of the model does not hold.',
    },
  );
}
