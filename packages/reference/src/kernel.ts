// What a reference kernel is, and which one serves a node: the op's own, or the one for its trait.

import { TrtxError } from '@trtx/errors';
import {
  byteLength,
  type Contents,
  type DType,
  type NodeView,
  type OpDef,
  opName,
  type Tensor,
  traitOf,
} from '@trtx/ir';

/** The type of a tensor with all its dims known. */
export interface ConcreteType {
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** The elements, where shape inference knows them. */
  readonly contents?: Contents;
}

/** One evaluation of a node. */
export interface KernelCall {
  /** The definition, for kernels that serve many ops. */
  readonly op: OpDef;
  /** The node with concrete input shapes: attributes, known contents, geometry helpers. */
  readonly at: NodeView;
  /** Tensors in the order of the op's inputs; null for an optional one that is absent. Not to be written to. */
  readonly inputs: readonly (Tensor | null)[];
  /** Types of the outputs, one for each that the node has. Sizes that depend on elements are symbolic: the kernel tells. */
  readonly outputs: readonly ConcreteType[];
}

/** How large the tensors of a node are: elements, and of texts also their characters. 0 for an input that is absent. */
export interface Sizes {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface ReferenceKernel {
  /** `Conv`, `com.microsoft::Gelu`; or of any op with this trait. */
  readonly serves: { readonly op: string } | { readonly trait: OpDef['trait']['kind'] };
  /** The outputs. Data may be shared with inputs. */
  run(call: KernelCall): Tensor[];
  /**
   * About how many multiplications, or what takes as long, a run is: of a node whose sizes are all known. For kernels
   * that do more than a few for each element; it is what keeps a small model from asking for hours of folding.
   */
  steps?(at: NodeView, sizes: Sizes): number;
}

/** A kernel for one op, `op` being its name (`Conv`, `com.microsoft::Gelu`). */
export function defineReference({ op, ...kernel }: Omit<ReferenceKernel, 'serves'> & { op: string }): ReferenceKernel {
  return { serves: { op }, ...kernel };
}

/** Kernels by op and by trait: a value that is passed in, never a global. */
export class ReferenceKernels {
  readonly #byOp = new Map<string, ReferenceKernel>();
  readonly #byTrait = new Map<string, ReferenceKernel>();

  constructor(kernels: Iterable<ReferenceKernel>) {
    for (const kernel of kernels)
      if ('op' in kernel.serves) this.#byOp.set(kernel.serves.op, kernel);
      else this.#byTrait.set(kernel.serves.trait, kernel);
  }

  /** These kernels and others; where both serve an op, the new one does. */
  with(kernels: Iterable<ReferenceKernel>): ReferenceKernels {
    return new ReferenceKernels([...this.#byOp.values(), ...this.#byTrait.values(), ...kernels]);
  }

  /** True where a kernel serves nodes of this op, at least those of its ordinary trait. */
  serves(op: OpDef): boolean {
    return this.#byOp.has(opName(op)) || this.#byTrait.has(op.trait.kind);
  }

  /** The kernel for a node of this op: its own before that of its trait. */
  find(op: OpDef, at: NodeView): ReferenceKernel | undefined {
    return this.#byOp.get(opName(op)) ?? this.#byTrait.get(traitOf(op, at).kind);
  }
}

/** Bytes of a tensor that an evaluation may ask for. */
const MAX_BYTES = 2 ** 29;

/**
 * Refuses a tensor that is too large to be made, for kernels whose output sizes only the elements tell.
 * @throws TrtxError TENSOR_TOO_LARGE
 */
export function checkSize(dtype: DType, dims: readonly number[]): void {
  const count = dims.reduce((a, b) => a * b, 1);
  // A text takes its place in an array, whatever its length.
  const bytes = dtype === 'string' ? 8 * count : byteLength(dtype, count);
  if (!(bytes <= MAX_BYTES))
    throw new TrtxError('TENSOR_TOO_LARGE', `a tensor of ${dtype}[${dims}] has more than ${MAX_BYTES} bytes`, {
      hint: 'The reference and the functions of the host compute no larger ones.',
    });
}

/** The tensor of an input that must be there. */
export function inputOf(call: KernelCall, index: number): Tensor {
  const tensor = call.inputs[index];
  if (!tensor)
    throw new TrtxError('INPUT', `input ${call.op.inputs[index]?.name ?? index} of ${call.op.name} is missing`);
  return tensor;
}
