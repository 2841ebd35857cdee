// One run of a graph: node after node in data order, each by its kernel, or by the bodies that it has.

import { TrtxError } from '@trtx/errors';
import type { Graph, Node, Tensor, Value } from '@trtx/ir';
import { type Bindings, bindOutput, checkConstraints, dimValue } from './bind.ts';
import { runControl } from './control.ts';
import { evaluateNode } from './evaluate.ts';
import type { ReferenceKernels } from './kernel.ts';
import { tensorOf } from './tensors.ts';

/** What the runs of a graph and of the bodies in it share. */
export interface RunContext {
  readonly kernels: ReferenceKernels;
  /** Called with each value of the graph itself and of its bodies. */
  keep(value: Value, tensor: Tensor): void;
  onNode?(node: Node, outputs: readonly Tensor[], milliseconds: number): void;
}

/**
 * The outputs of a graph, in order.
 * @param inputs one for each input of the graph
 * @param bindings symbols that have a value; those that the run tells are added
 * @throws TrtxError as `evaluateNode`; REFERENCE where a tensor is not of the shape that the graph foretold
 */
export function runGraph(graph: Graph, inputs: readonly Tensor[], bindings: Bindings, context: RunContext): Tensor[] {
  // What a body tells holds for one run of it.
  const runBody = (body: Graph, operands: readonly Tensor[]) => runGraph(body, operands, new Map(bindings), context);
  const order = graph.topological();
  const tensors = new Map<Value, Tensor>();
  const uses = countUses(graph, order);
  graph.inputs.forEach((input, i) => {
    bindOutput(graph, input, inputs[i]!, bindings);
    tensors.set(input, inputs[i]!);
    context.keep(input, inputs[i]!);
  });
  // Of a body, they matter only now that it is run.
  checkConstraints(graph, bindings);
  for (const node of order) {
    const operands = node.inputs.map((value) => value && readValue(value, tensors));
    const start = performance.now();
    const results =
      node.bodies.length > 0 ? runControl(node, operands, runBody) : evaluateNode(node, operands, context.kernels);
    context.onNode?.(node, results, performance.now() - start);
    node.outputs.forEach((value, i) => {
      bindOutput(graph, value, results[i]!, bindings);
      checkShape(node, value, results[i]!, bindings);
      context.keep(value, results[i]!);
      if (uses.get(value)) tensors.set(value, results[i]!);
    });
    for (const value of node.inputs) if (value) release(value, uses, tensors);
  }
  return graph.outputs.map(({ value }) => readValue(value, tensors));
}

/** How often each value is still to be read. */
function countUses(graph: Graph, order: readonly Node[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of order) for (const value of node.inputs) if (value) count(value);
  for (const { value } of graph.outputs) count(value);
  return uses;
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
