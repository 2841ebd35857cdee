// Constant folding: the value of a node whose inputs are all constants, and what it takes to compute it.

import { isTrtxError } from '@trtx/errors';
import { type Constant, isContainer, type Node, type Tensor, type Value } from '@trtx/ir';
import { evaluateNode } from './evaluate.ts';
import type { ReferenceKernels, Sizes } from './kernel.ts';
import { standardKernels } from './kernels/index.ts';
import { byteLengthOf, constantOfTensor, fromFloat64, tensorOf } from './tensors.ts';

export interface FoldOptions {
  /** Bytes of all outputs together beyond which the node is left as it is; 256 MiB. */
  maxBytes?: number;
  /** Steps, as `foldCost` tells them, beyond which it is left as it is; 2^31. */
  maxSteps?: number;
  kernels?: ReferenceKernels;
}

/** What folding a node takes. */
export interface FoldCost {
  /** Of all outputs. */
  readonly bytes: number;
  /** About as long as a multiplication each: a nanosecond or two. */
  readonly steps: number;
}

/** Steps for each element of what a kernel reads and writes, unless it tells that it does more. */
const ELEMENT_STEPS = 64;
/** A reference to a text in an array. */
const TEXT_BYTES = 8;

/**
 * What it takes to compute a node; undefined where `foldNode` cannot: the outputs are random or of unknown size, an input
 * is neither constant nor needed, or there is no kernel.
 */
export function foldCost(node: Node, kernels: ReferenceKernels = standardKernels): FoldCost | undefined {
  if (node.op.random || node.outputs.some(({ type }) => isContainer(type.dtype))) return undefined;
  if (!node.outputs.every(({ type }) => type.shape.every((dim) => typeof dim === 'number'))) return undefined;
  const outputs = node.outputs.map(countOf);
  const bytes = node.outputs.reduce((sum, { type }, i) => sum + bytesOf(type.dtype, outputs[i]!), 0);
  if (!node.inputs.every((input) => input === null || input.constant))
    return node.outputs.every(({ contents }) => contents) ? { bytes, steps: 0 } : undefined;
  const at = node.view();
  const kernel = kernels.find(node.op, at);
  if (!kernel) return undefined;
  const sizes: Sizes = { inputs: node.inputs.map((input) => (input ? countOf(input) : 0)), outputs };
  const elements = [...sizes.inputs, ...outputs].reduce((a, b) => a + b, 0);
  const more = orUndefined(() => kernel.steps?.(at, sizes) ?? 0);
  return more === undefined ? undefined : { bytes, steps: ELEMENT_STEPS * elements + more };
}

/** What is computed, or undefined where the model's values do not allow it. */
function orUndefined<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (isTrtxError(error)) return undefined;
    throw error;
  }
}

/**
 * The outputs of a node as constants, or undefined where they are not known: `foldCost` tells that they cannot be, they
 * are past the limits, or computing them fails (an index is out of range: whether that matters, only a run tells). Outputs
 * whose elements shape inference knows (`Shape` of a tensor of fixed shape) need no constant inputs.
 */
export function foldNode(node: Node, options: FoldOptions = {}): Constant[] | undefined {
  const { maxBytes = 2 ** 28, maxSteps = 2 ** 31, kernels = standardKernels } = options;
  const cost = foldCost(node, kernels);
  if (!cost || cost.bytes > maxBytes || cost.steps > maxSteps) return undefined;
  if (node.inputs.some((input) => input && !input.constant)) {
    const known = node.outputs.map(knownElements);
    return known.every((tensor) => tensor !== undefined) ? known.map(constantOfTensor) : undefined;
  }
  const inputs = node.inputs.map((input) => input && tensorOf(input.constant!));
  const results = orUndefined(() => evaluateNode(node, inputs, kernels).map(constantOfTensor));
  return results?.every(({ strings = [] }) => charactersOf(strings) <= maxBytes) ? results : undefined;
}

function countOf({ type, constant }: Value): number {
  const count = (type.shape as number[]).reduce((a, b) => a * b, 1);
  return count + charactersOf(constant?.strings ?? []);
}

function charactersOf(strings: readonly string[]): number {
  return strings.reduce((sum, text) => sum + text.length, 0);
}

function bytesOf(dtype: Tensor['dtype'], count: number): number {
  return dtype === 'string' ? TEXT_BYTES * count : byteLengthOf(dtype, [count]);
}

/** Contents as a tensor. Those of 2^52 and more may stand for larger ones. */
function knownElements({ type, contents }: Value): Tensor | undefined {
  if (!contents?.values.every((value) => typeof value === 'number' && Math.abs(value) < 2 ** 52)) return undefined;
  return fromFloat64(type.dtype, contents.dims, Float64Array.from(contents.values as number[]));
}
