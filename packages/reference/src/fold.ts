// Constant folding: the value of a node whose inputs are all constants.

import { type Constant, isContainer, type Node, type Tensor } from '@trtx/ir';
import { evaluateNode } from './evaluate.ts';
import type { ReferenceKernels } from './kernel.ts';
import { standardKernels } from './kernels/index.ts';
import { byteLengthOf, constantOfTensor, fromFloat64, tensorOf } from './tensors.ts';

export interface FoldOptions {
  /** Bytes of all outputs together beyond which the node is left as it is; 256 MiB. */
  maxBytes?: number;
  kernels?: ReferenceKernels;
}

/**
 * The outputs of a node as constants, or undefined where they are not known: an input is no constant, there is no
 * kernel, the outputs are random or larger than the budget. Outputs whose elements shape inference knows (`Shape` of a tensor of
 * fixed shape) need no constant inputs.
 *
 * @throws TrtxError as `inferNode` where the inputs do not fit the op
 */
export function foldNode(node: Node, options: FoldOptions = {}): Constant[] | undefined {
  const { maxBytes = 2 ** 28, kernels = standardKernels } = options;
  if (node.op.random || node.outputs.some(({ type }) => isContainer(type.dtype))) return undefined;
  const fixed = node.outputs.every(({ type }) => type.shape.every((dim) => typeof dim === 'number'));
  if (!fixed) return undefined;
  const bytes = node.outputs.reduce((sum, { type }) => sum + sizeOf(type.dtype, type.shape as number[]), 0);
  if (bytes > maxBytes) return undefined;
  if (node.inputs.some((input) => input && !input.constant)) {
    const known = node.outputs.map(knownElements);
    return known.every((tensor) => tensor !== undefined) ? known.map(constantOfTensor) : undefined;
  }
  if (!kernels.find(node.op, node.view())) return undefined;
  const inputs = node.inputs.map((input) => input && tensorOf(input.constant!));
  return evaluateNode(node, inputs, kernels).map(constantOfTensor);
}

function sizeOf(dtype: Tensor['dtype'], dims: readonly number[]): number {
  return dtype === 'string' ? 0 : byteLengthOf(dtype, dims);
}

/** Contents as a tensor. Those of 2^52 and more may stand for larger ones. */
function knownElements({ type, contents }: Node['outputs'][number]): Tensor | undefined {
  if (!contents?.values.every((value) => typeof value === 'number' && Math.abs(value) < 2 ** 52)) return undefined;
  return fromFloat64(type.dtype, contents.dims, Float64Array.from(contents.values as number[]));
}
