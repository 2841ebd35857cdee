// Computes at build time what depends on no input.

import { byteLength, type Constant, constantFrom, elementCount, type Graph, type Known, type Node } from '@trtx/ir';
import { type FoldCost, foldCost, foldNode } from '@trtx/reference';
import { definePass, type PassContext } from '../../rule.ts';
import { areKept } from './kept-codes.ts';

/** A folded tensor may be this large, or twice as large as what it is computed from. */
const MAX_TENSOR_BYTES = 4 * 2 ** 20;

/**
 * By how much all constants together may grow, and what folding may compute in all, for a graph: at least this, and more where
 * its constants are large.
 */
const MIN_BUDGET: FoldCost = { bytes: 32 * 2 ** 20, steps: 2 ** 30 };
const GROWTH = 0.5;
const STEPS_PER_BYTE = 256;

/** What is left for each graph. Rounds of the pipeline share it, so that a second run of the pass has no more to do. */
const budgets = new WeakMap<Graph, { bytes: number; steps: number }>();

export const foldConstants = definePass({
  name: 'fold-constants',
  summary: 'nodes whose inputs are constants, and shape arithmetic whose result is known, become constants',
  run(context) {
    for (const node of context.graph.topological()) if (!foldKnown(context, node)) foldComputed(context, node);
  },
});

function budgetOf(graph: Graph): { bytes: number; steps: number } {
  let budget = budgets.get(graph);
  if (!budget) {
    const bytes = graph.constants().reduce((sum, { constant }) => sum + bytesOf(constant!), 0);
    budget = {
      bytes: Math.max(MIN_BUDGET.bytes, GROWTH * bytes),
      steps: Math.max(MIN_BUDGET.steps, STEPS_PER_BYTE * bytes),
    };
    budgets.set(graph, budget);
  }
  return budget;
}

/** Replaces integer outputs whose elements shape inference knows as numbers. True where the node is gone. */
function foldKnown({ graph, rewrite }: PassContext, node: Node): boolean {
  for (const output of node.outputs) {
    const constant = graph.isUnused(output) ? undefined : knownConstant(output);
    if (constant)
      rewrite('known-contents', node, (patch) => patch.replace(output, patch.constant(constant, output.name)));
  }
  return !graph.nodes.has(node);
}

/** The elements that inference found, where all are numbers (and none stands for "to the end"). */
function knownConstant({ type, contents }: Known): Constant | undefined {
  if (!contents?.values.every((v) => typeof v === 'number' && Math.abs(v) < 2 ** 51)) return undefined;
  return constantFrom(type.dtype, contents.dims, contents.values as number[]);
}

/** Computes the node where its inputs are constants and what it takes is left. */
function foldComputed({ graph, rewrite, kernels }: PassContext, node: Node): void {
  if (!node.inputs.every((input) => input === null || input.constant)) return;
  if (!node.outputs.some((output) => !graph.isUnused(output)) || areKept(node)) return;
  const cost = foldCost(node, kernels);
  if (!cost) return;
  let inputBytes = 0;
  // What only this node reads goes.
  let freed = 0;
  for (const input of new Set(node.inputs)) {
    const bytes = input ? bytesOf(input.constant!) : 0;
    inputBytes += bytes;
    if (input?.users.size === 1 && !graph.isOutput(input)) freed += bytes;
  }
  const budget = budgetOf(graph);
  const maxBytes = Math.min(Math.max(MAX_TENSOR_BYTES, 2 * inputBytes), budget.bytes + freed);
  if (cost.bytes > maxBytes || cost.steps > budget.steps) return;
  // Time is spent whether or not it comes to anything.
  budget.steps -= cost.steps;
  rewrite('constant-inputs', node, (patch) => {
    const results = foldNode(node, { maxBytes, maxSteps: cost.steps, kernels });
    if (!results) return undefined;
    budget.bytes += freed;
    node.outputs.forEach((output, i) => {
      if (graph.isUnused(output)) return;
      budget.bytes -= bytesOf(results[i]!);
      patch.replace(output, patch.constant(results[i]!, output.name));
    });
    return patch;
  });
}

function bytesOf({ dtype, dims, strings }: Constant): number {
  return strings ? strings.reduce((sum, text) => sum + text.length + 8, 0) : byteLength(dtype, elementCount(dims));
}
