// Computes at build time what depends on no input.

import { byteSize, type Constant, constantFrom, elementCount, type Known, type Node, type Value } from '@trtx/ir';
import { foldNode } from '@trtx/reference';
import { definePass, type PassContext } from '../rule.ts';

/** A folded tensor may be this large, or twice as large as what it is computed from. */
const MAX_TENSOR_BYTES = 16 * 2 ** 20;
/** Of all that one run of the pass folds. */
const MAX_TOTAL_BYTES = 256 * 2 ** 20;

export const foldConstants = definePass({
  name: 'fold-constants',
  summary: 'nodes whose inputs are constants, and shape arithmetic whose result is known, become constants',
  run(context) {
    let budget = MAX_TOTAL_BYTES;
    for (const node of context.graph.topological()) {
      budget -= foldKnown(context, node) ? 0 : foldComputed(context, node, budget);
    }
  },
});

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

/** Computes the node where its inputs are constants. The bytes that were made. */
function foldComputed({ graph, rewrite }: PassContext, node: Node, budget: number): number {
  if (!node.inputs.every((input) => input === null || input.constant)) return 0;
  if (!node.outputs.some((output) => !graph.isUnused(output))) return 0;
  let inputBytes = 0;
  for (const input of new Set(node.inputs)) inputBytes += input ? bytesOf(input) : 0;
  const bytes = node.outputs.reduce((sum, output) => sum + bytesOf(output), 0);
  if (!(bytes <= Math.max(MAX_TENSOR_BYTES, 2 * inputBytes) && bytes <= budget)) return 0;
  const folded = rewrite('constant-inputs', node, (patch) => {
    const results = foldNode(node, { maxBytes: bytes });
    if (!results) return undefined;
    node.outputs.forEach((output, i) => {
      if (!graph.isUnused(output)) patch.replace(output, patch.constant(results[i]!, output.name));
    });
    return patch;
  });
  return folded ? bytes : 0;
}

/** NaN where a dim is symbolic: no comparison with it holds. */
function bytesOf({ type }: Value): number {
  if (!type.shape.every((dim) => typeof dim === 'number')) return Number.NaN;
  return elementCount(type.shape as number[]) * byteSize(type.dtype);
}
