// Evaluates one node on tensors: infers the concrete output types, finds the kernel and runs it.

import { errorAt, isTrtxError, TrtxError } from '@trtx/errors';
import {
  type Attributes,
  type Constant,
  type Contents,
  elementCount,
  inferNode,
  isContainer,
  isInteger,
  type Known,
  lanesOf,
  MAX_CONTENTS,
  type OpDef,
  opName,
  type Tensor,
} from '@trtx/ir';
import {
  type ConcreteType,
  checkSize,
  type KernelCall,
  type ReferenceKernel,
  type ReferenceKernels,
} from './kernel.ts';
import { constantOfTensor, typeOfTensor } from './tensors.ts';

/** What of a node an evaluation needs. */
export interface NodeLike {
  readonly op: OpDef;
  readonly name: string;
  readonly attributes: Attributes;
  readonly inputs: readonly ({ readonly name: string } | null)[];
  readonly outputs: readonly { readonly name: string }[];
  readonly origin: readonly string[];
}

/**
 * The outputs of a node for these inputs (null for an optional one that is absent).
 *
 * @throws TrtxError UNSUPPORTED_OP where no kernel serves the op, TENSOR_TOO_LARGE, REFERENCE where the kernel fails, and
 *   as `inferNode` where the inputs do not fit the op
 */
export function evaluateNode(node: NodeLike, inputs: readonly (Tensor | null)[], kernels: ReferenceKernels): Tensor[] {
  const known = inputs.map((tensor, i) => {
    const steers = node.op.inputs[Math.min(i, node.op.inputs.length - 1)]?.steersShape === true;
    return tensor && new KnownTensor(node.inputs[i]?.name ?? '', tensor, steers ? MAX_CONTENTS : FEW_CONTENTS);
  });
  const { outputs, view: at } = inferNode(node.op, known, node.attributes, node.outputs.length, node.name);
  const kernel = kernels.find(node.op, at);
  if (!kernel)
    throw new TrtxError('UNSUPPORTED_OP', `the reference has no kernel for ${opName(node.op)}`, {
      node: node.name,
      origin: node.origin.join(', '),
      hint: 'Add one to the ReferenceKernels that are passed in.',
    });
  const types = outputs.map(({ dtype, shape, contents }): ConcreteType => {
    // Only ops whose output sizes depend on elements give symbolic dims here; their kernels tell the sizes.
    return { dtype, dims: shape as readonly number[], contents };
  });
  const results = runKernel(node, kernel, { op: node.op, at, inputs, outputs: types });
  results.forEach((tensor, i) => {
    const fits = isContainer(tensor.dtype) || tensor.data.length === elementCount(tensor.dims) * lanesOf(tensor.dtype);
    if (!fits || tensor.dtype !== types[i]!.dtype)
      throw new TrtxError('REFERENCE', `the kernel gave ${describe(tensor)} for ${types[i]!.dtype}`, {
        node: `${node.name} (${opName(node.op)})`,
        tensor: node.outputs[i]?.name,
      });
  });
  return results;
}

/** Runs the kernel once its outputs are known to fit; errors are made to name the node. */
function runKernel(node: NodeLike, kernel: ReferenceKernel, call: KernelCall): Tensor[] {
  const place = {
    node: `${node.name} (${opName(node.op)})`,
    tensor: node.outputs[0]?.name,
    origin: node.origin.join(', '),
  };
  try {
    // Sizes that the kernel tells are its own to check.
    for (const { dtype, dims } of call.outputs)
      if (dims.every((dim) => typeof dim === 'number')) checkSize(dtype, dims);
    return kernel.run(call);
  } catch (cause) {
    if (isTrtxError(cause)) throw errorAt(cause, place);
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TrtxError('REFERENCE', `the kernel failed: ${message}`, { ...place, cause });
  }
}

/** Elements of an input that steers no shape which inference may see: of more the kernel makes what inference would. */
const FEW_CONTENTS = 64;

/** A tensor as shape inference sees an input: a constant where it has few elements. */
class KnownTensor implements Known {
  readonly constant: Constant | null;
  #contents: Contents | undefined;

  /** @param most elements whose values are told */
  constructor(
    readonly name: string,
    private readonly tensor: Tensor,
    most: number,
  ) {
    const isTold = !isContainer(tensor.dtype) && elementCount(tensor.dims) <= most;
    this.constant = isTold ? constantOfTensor(tensor) : null;
  }

  get type() {
    return typeOfTensor(this.tensor);
  }

  get contents(): Contents | undefined {
    const { dtype, dims, data } = this.tensor;
    if (!this.constant || !(isInteger(dtype) || dtype === 'bool')) return undefined;
    this.#contents ??= { dims, values: Array.from(data as ArrayLike<number | bigint>, clamped) };
    return this.#contents;
  }
}

/** INT64_MAX and its like stand for "to the end": any number past every dimension does. */
function clamped(element: number | bigint): number {
  return Math.max(-(2 ** 52), Math.min(2 ** 52, Number(element)));
}

function describe(tensor: Tensor): string {
  return `${tensor.data.length} elements for ${tensor.dtype}[${tensor.dims.join(',')}]`;
}
