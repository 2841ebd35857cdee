// Matrices of constant codes: what a contraction reads of an operand of which it makes the numbers itself, so that none of them
// is ever in memory.

import { type DType, type Node, quantizeGeometry, traitOf, type Value } from '@trtx/ir';
import type { Group } from './group.ts';
import { denseView, rowMajor, sourceOf, type TensorView, viewThrough } from './view.ts';

/** The types of codes that kernels take, and of what they are scaled by. */
const CODES: ReadonlySet<DType> = new Set(['int4', 'uint4', 'int8', 'uint8', 'float4e2m1']);
const SCALES: ReadonlySet<DType> = new Set(['float32', 'float16']);

/** An operand of constant codes, as steps of a sum × columns. */
export interface CodeMatrix {
  readonly codes: Value;
  readonly scales: Value;
  /** What is taken off the codes, one for each scale, if anything is. */
  readonly zeros: Value | undefined;
  /** Steps of the sum, and columns. */
  readonly k: number;
  readonly n: number;
  /** Steps that share a scale, and how many such blocks a column has: the last one may be a part of one. */
  readonly block: number;
  readonly blocks: number;
  /** The number of a code among the constant's, and of the scale of a block. */
  codeAt(step: number, column: number): number;
  scaleAt(block: number, column: number): number;
}

/** True for a node that makes numbers of codes. */
export function givesNumbers(node: Node): boolean {
  const trait = traitOf(node.op, node.view());
  return trait.kind === 'pointwise' && trait.codes === true;
}

/** What is made of numbers of codes by reading them at other places alone: from those numbers on to the value. */
export function pathFromCodes(value: Value): Value[] | undefined {
  const path = [value];
  for (;;) {
    const [first] = path as [Value];
    if (!first.producer) return undefined;
    if (givesNumbers(first.producer)) return path;
    const source = sourceOf(first);
    if (!source) return undefined;
    path.unshift(source);
  }
}

/** An input of a contraction as a matrix of codes; undefined where it is none that kernels take. */
export function codeMatrix(node: Node, input: number): CodeMatrix | undefined {
  const at = node.view();
  const trait = traitOf(node.op, at);
  const value = node.inputs[input];
  if (trait.kind !== 'contraction' || value?.type.shape.length !== 2) return undefined;
  const path = pathFromCodes(value);
  const weights = path && trait.weights?.(at).find((one) => one.input === input);
  if (!path || weights?.summed.length !== 1 || !weights.channel) return undefined;
  const [step, column] = [weights.summed[0]!, weights.channel.axis];
  const view = path
    .slice(1)
    .reduce<TensorView | undefined>((base, next) => base && viewThrough(next, base), denseView(path[0]!));
  return view && matrixOf(path[0]!.producer!, view, step, column);
}

/** Inputs of a group's anchor that are codes to it. */
export function decodedInputs({ anchor, prologue }: Group): number[] {
  if (!anchor) return [];
  const isDecoded = (value: Value | null, input: number) =>
    value !== null && prologue.has(value) && codeMatrix(anchor, input) !== undefined;
  return anchor.inputs.flatMap((value, input) => (isDecoded(value, input) ? [input] : []));
}

/** @param view of the numbers that the node gives, which has steps and columns as axes */
function matrixOf(node: Node, view: TensorView, step: number, column: number): CodeMatrix | undefined {
  const [codes, scales, zeros] = node.inputs as [Value, Value, Value?];
  if (![codes, scales, ...(zeros ? [zeros] : [])].every(({ constant }) => constant)) return undefined;
  const isFloat = codes.type.dtype.startsWith('float');
  if (!CODES.has(codes.type.dtype) || !SCALES.has(scales.type.dtype) || (isFloat && zeros)) return undefined;
  const dims = codes.type.shape as readonly number[];
  const strides = view.strides as readonly number[];
  const [k, n] = [view.shape[step], view.shape[column]] as [number, number];
  if (dims.length !== 2 || view.offset !== 0 || k === 0 || n === 0) return undefined;
  const own = rowMajor(dims) as readonly number[];
  /** Whether the axis of the codes is the one of the steps, and the other that of the columns. */
  const isAlong = (axis: number) => {
    const [along, across] = [own[axis], own[1 - axis]];
    const lies = (size: number, stride: number | undefined, wanted: number | undefined, all: number) =>
      size <= all && (size === 1 || stride === wanted);
    return lies(k, strides[step], along, dims[axis]!) && lies(n, strides[column], across, dims[1 - axis]!);
  };
  const along = [0, 1].find(isAlong);
  if (along === undefined) return undefined;
  const { granularity, axis, block: size } = quantizeGeometry(node.view());
  const matrix = {
    codes,
    scales,
    zeros: zeros ?? undefined,
    k,
    n,
    codeAt: (row: number, at: number) => row * own[along]! + at * own[1 - along]!,
  };
  const whole = { ...matrix, block: k, blocks: 1 };
  if (granularity === 'tensor') return { ...whole, scaleAt: () => 0 };
  if ((granularity === 'axis') === (axis === along)) return undefined;
  if (granularity === 'axis') return { ...whole, scaleAt: (_, at) => at };
  const [, across] = scales.type.shape as readonly [number, number];
  return {
    ...matrix,
    block: Math.min(size, k),
    blocks: Math.ceil(k / size),
    scaleAt: (block, at) => (along === 0 ? block * across + at : at * across + block),
  };
}
