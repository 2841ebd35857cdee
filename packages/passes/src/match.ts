// What rules ask about constants: numbers, one number, a number for each channel. Arithmetic is in float64, rounded once.

import {
  type Attributes,
  arrayType,
  asNumbers,
  type Constant,
  codecOf,
  constantOf,
  type Dim,
  type DType,
  elementCount,
  elementsOf,
  isComplex,
  isFloat,
  type Node,
  type Scalar,
  traitOf,
  type Value,
} from '@trtx/ir';

/** The elements of a numeric constant as float64. */
export function float64Of(constant: Constant): Float64Array {
  const elements = elementsOf(constant) as ArrayLike<number | bigint>;
  const result = new Float64Array(elements.length);
  const codec = codecOf(constant.dtype);
  if (codec) for (let i = 0; i < result.length; i++) result[i] = codec.decode(elements[i] as number);
  else for (let i = 0; i < result.length; i++) result[i] = Number(elements[i]);
  return result;
}

/** A constant of a float type, each element rounded once. */
export function fromFloat64(dtype: DType, dims: readonly number[], values: Float64Array): Constant {
  const data = new (arrayType(dtype))(values.length);
  const codec = codecOf(dtype);
  if (codec) for (let i = 0; i < values.length; i++) data[i] = codec.encode(values[i]!);
  else (data as Float32Array).set(values);
  return constantOf(dtype, dims, data);
}

/** The constant of a value, where it is one of a float type. */
export function floatConstant(value: Value | null | undefined): Constant | undefined {
  return value?.constant && isFloat(value.constant.dtype) ? value.constant : undefined;
}

/** Larger constants are data: nobody writes a neutral element a million times. */
const MAX_SPLAT = 2 ** 20;

const splats = new WeakMap<Constant, { readonly number: number | undefined }>();

/** The number of a constant with one element, or with the same number everywhere; bools are 0 and 1. */
export function splatOf(value: Value | null | undefined): number | undefined {
  const constant = value?.constant;
  if (!constant) return undefined;
  let found = splats.get(constant);
  if (!found) {
    found = { number: findSplat(constant) };
    splats.set(constant, found);
  }
  return found.number;
}

function findSplat(constant: Constant): number | undefined {
  const count = elementCount(constant.dims);
  if (constant.dtype === 'string' || isComplex(constant.dtype) || count === 0 || count > MAX_SPLAT) return undefined;
  const elements = elementsOf(constant) as ArrayLike<number | bigint>;
  const first = elements[0]!;
  // Weights differ early.
  for (let i = 1; i < count; i++) if (!Object.is(elements[i], first)) return undefined;
  return codecOf(constant.dtype)?.decode(first as number) ?? Number(first);
}

/** The node of one of these ops of the default domain whose first output the value is. */
export function producerOf(value: Value | null | undefined, ...ops: readonly string[]): Node | undefined {
  const node = value?.producer;
  return node?.op.domain === '' && ops.includes(node.op.name) && node.outputs[0] === value ? node : undefined;
}

/** The elements of a small integer value where all are known as numbers. */
export function integersOf(value: Value | null | undefined): readonly number[] | undefined {
  return asNumbers(value?.contents);
}

/** The scalar expression of a node's output, where the node is pointwise and broadcasts as in NumPy. */
export function scalarOf(node: Node): Scalar | undefined {
  const view = node.view();
  const trait = traitOf(node.op, view);
  return trait.kind === 'pointwise' && !trait.alignment ? trait.scalar(view) : undefined;
}

/** True where the constant broadcasts to the shape without adding axes or widening any. */
export function fitsInto(dims: readonly Dim[], shape: readonly Dim[]): boolean {
  const skip = shape.length - dims.length;
  return skip >= 0 && dims.every((dim, i) => dim === 1 || (typeof dim === 'number' && dim === shape[i + skip]));
}

/**
 * A number for each of `channels` positions along `axis` of a tensor of rank `rank`, where the constant broadcasts to
 * it and has the same numbers along every other axis.
 */
export function alongAxis(constant: Constant, rank: number, axis: number, channels: number): Float64Array | undefined {
  const skip = rank - constant.dims.length;
  if (skip < 0) return undefined;
  for (const [i, dim] of constant.dims.entries())
    if (dim !== 1 && (i + skip !== axis || dim !== channels)) return undefined;
  const values = float64Of(constant);
  return values.length === channels ? values : new Float64Array(channels).fill(values[0]!);
}

/** A binary node's constant input and the other one. `commutes` also takes the constant on the left. */
export function constantOperand(node: Node, commutes: boolean): { x: Value; constant: Constant } | undefined {
  const [a, b] = node.inputs;
  const right = floatConstant(b);
  if (a && right && !a.constant) return { x: a, constant: right };
  const left = floatConstant(a);
  return commutes && b && left && !b.constant ? { x: b, constant: left } : undefined;
}

/** The attributes of a node without some, for a new node that differs in these. */
export function without(node: Node, ...names: readonly string[]): Attributes {
  return new Map([...node.attributes].filter(([name]) => !names.includes(name)));
}

/** The input axis of each output axis of a Transpose. */
export function permutationOf(node: Node): readonly number[] {
  const rank = node.inputs[0]!.type.shape.length;
  return node.view().ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

export function sameAttributes(a: Node, b: Node): boolean {
  const text = ({ attributes }: Node) => JSON.stringify([...attributes].sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}
