// Ops that can do their work with the axes of what they read in another order. A value has the order `perm` where it would
// be Transpose(u, perm): its axis i is u's axis perm[i]. The node's twin reads u instead.

import {
  arrayType,
  byteSize,
  type Constant,
  constantFrom,
  constantOf,
  type Dim,
  elementCount,
  elementsOf,
  isPacked,
  lanesOf,
  type Node,
  traitOf,
  type Value,
} from '@trtx/ir';
import type { Operand, Patch } from '../../patch.ts';
import { targetOf } from '../simplify/canonical-reshapes.ts';

export type Order = readonly number[];

/** A node whose inputs have an order. */
export interface Ordered {
  /** The inputs that have it; the others have no axes, or are constants that the twin gets in its own order. */
  readonly inputs: readonly number[];
  /** The order that each output has. */
  readonly outputs: readonly Order[];
  /** The twin's outputs, of what its inputs are instead. */
  twin(inputs: readonly (Operand | null)[], patch: Patch): readonly Operand[];
}

/** Constants past this size are not copied into another order. */
const MAX_BYTES = 4 * 2 ** 20;

export const isIdentity = (order: Order) => order.every((axis, i) => axis === i);

/** The order that undoes one. */
export const inverse = (order: Order): Order => order.map((_, axis) => order.indexOf(axis));

/** Transpose(Transpose(u, first), second) as one. */
export const compose = (first: Order, second: Order): Order => second.map((axis) => first[axis]!);

/** The node as one whose inputs have the order; undefined where it has no twin. */
export function ordered(node: Node, order: Order, patch: Patch): Ordered | undefined {
  if (node.op.domain !== '' || node.op.random) return undefined;
  const trait = traitOf(node.op, node.view());
  const maker = MAKERS[node.op.name] ?? (trait.kind === 'pointwise' ? pointwise : undefined);
  if (maker) return maker(node, order, patch);
  if (trait.kind !== 'reduction') return undefined;
  if ('keepdims' in node.op.attributes && node.op.inputs[1]?.name === 'axes') return overAxes(node, order);
  return node.op.inputs.length === 1 && 'axis' in node.op.attributes ? alongAxis(node, order) : undefined;
}

type Maker = (node: Node, order: Order, patch: Patch) => Ordered | undefined;

const MAKERS: Readonly<Record<string, Maker>> = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Reshape: units,
};

function pointwise(node: Node, order: Order): Ordered | undefined {
  const trait = traitOf(node.op, node.view());
  if (trait.kind !== 'pointwise' || node.outputs.length !== 1 || rankOf(node.output) !== order.length) return undefined;
  const inputs: number[] = [];
  const constants = new Map<number, Constant>();
  for (const [i, input] of node.inputs.entries()) {
    if (!input) continue;
    // One number, too, belongs to an axis by its place: in another order that axis is as long as it was.
    if (trait.alignment?.(node.view(), i)) return undefined;
    if (input.type.shape.every((dim) => dim === 1)) continue;
    if (input.constant) {
      const moved = reordered(input.constant, order);
      if (!moved) return undefined;
      constants.set(i, moved);
    } else if (rankOf(input) === order.length) inputs.push(i);
    else return undefined;
  }
  return {
    inputs,
    outputs: [order],
    twin: (given, patch) => again(node, withConstants(node, given, constants, patch), patch),
  };
}

/** ReduceSum and its like, of the axes that an input tells. */
function overAxes(node: Node, order: Order): Ordered | undefined {
  const trait = traitOf(node.op, node.view());
  if (trait.kind !== 'reduction' || (node.inputs[1] && !node.inputs[1].constant)) return undefined;
  const axes = trait.axes(node.view());
  const moved = axes.map((axis) => order[axis]!).sort((a, b) => a - b);
  return {
    inputs: [0],
    outputs: [reducedOrder(node, order, axes)],
    twin: ([x], patch) => again(node, [x!, node.inputs[1] && patch.integers(moved, node.inputs[1].name)], patch),
  };
}

/** Softmax and its like, ArgMax: along the axis that an attribute tells. */
function alongAxis(node: Node, order: Order): Ordered | undefined {
  const trait = traitOf(node.op, node.view());
  const axes = trait.kind === 'reduction' ? trait.axes(node.view()) : [];
  if (axes.length !== 1 || normalized(node, order) !== axes[0]) return undefined;
  const outputs = node.outputs.map(() => reducedOrder(node, order, axes));
  return { inputs: [0], outputs, twin: ([x], patch) => again(node, [x!], patch, { axis: order[axes[0]!]! }) };
}

/** The order that is left where axes are gone. */
function reducedOrder(node: Node, order: Order, axes: readonly number[]): Order {
  if (rankOf(node.output) === order.length) return order;
  const left = order.filter((_, axis) => !axes.includes(axis));
  const sorted = [...left].sort((a, b) => a - b);
  return left.map((axis) => sorted.indexOf(axis));
}

function concat(node: Node, order: Order): Ordered | undefined {
  const inputs: number[] = [];
  const constants = new Map<number, Constant>();
  for (const [i, input] of node.inputs.entries()) {
    if (!input!.constant) inputs.push(i);
    else {
      const moved = reordered(input!.constant, order);
      if (!moved) return undefined;
      constants.set(i, moved);
    }
  }
  const axis = order[normalized(node, order)]!;
  const twin: Ordered['twin'] = (given, patch) =>
    again(node, withConstants(node, given, constants, patch), patch, { axis });
  return { inputs, outputs: [order], twin };
}

function split(node: Node, order: Order): Ordered {
  const axis = order[normalized(node, order)]!;
  return {
    inputs: [0],
    outputs: node.outputs.map(() => order),
    twin: ([x], patch) => again(node, [x!, ...node.inputs.slice(1)], patch, { axis }),
  };
}

function slice(node: Node, order: Order): Ordered | undefined {
  const [, starts, ends, axes, steps = null] = node.inputs as [Value, Value, Value, Value?, Value?];
  const count = starts.type.shape[0];
  if (typeof count !== 'number' || (axes && !axes.constant)) return undefined;
  const given = axes ? node.view().contents(3)!.values : Array.from({ length: count }, (_, i) => i);
  const moved = given.map((axis) => order[positive(axis as number, order.length)]!);
  // ONNX has one type for all of them.
  const constant = constantFrom(starts.type.dtype, [count], moved);
  return {
    inputs: [0],
    outputs: [order],
    twin: ([x], patch) => again(node, [x!, starts, ends, patch.constant(constant, 'axes'), steps], patch),
  };
}

function pad(node: Node, order: Order): Ordered | undefined {
  const [, pads, value = null, axes] = node.inputs as [Value, Value, Value?, Value?];
  const amounts = pads.constant && node.view().contents(1)?.values;
  if (!amounts || (axes && !axes.constant)) return undefined;
  const given = axes ? node.view().contents(3)!.values : order.map((_, axis) => axis);
  const rank = order.length;
  const moved = new Array<number>(2 * rank).fill(0);
  given.forEach((axis, i) => {
    const own = order[positive(axis as number, rank)]!;
    moved[own] = amounts[i] as number;
    moved[own + rank] = amounts[i + given.length] as number;
  });
  return {
    inputs: [0],
    outputs: [order],
    twin: ([x], patch) => again(node, [x!, patch.integers(moved, pads.name), value], patch),
  };
}

/** A Reshape that only adds or removes axes of size 1, as Squeeze and Unsqueeze do. */
function units(node: Node, order: Order, patch: Patch): Ordered | undefined {
  const from = node.inputs[0]!.type.shape;
  const to = node.output.type.shape;
  const [wideFrom, wideTo] = [wideAxes(from), wideAxes(to)];
  if (wideFrom.length !== wideTo.length || !wideFrom.every((axis, i) => patch.sameDim(from[axis]!, to[wideTo[i]!]!)))
    return undefined;
  // The output's wide axes in u's order. Axes of size 1 go with the wide one that they stand before, in the last place with
  // the one that they stand after (a height of 1 before or after the width); leading ones lead.
  const last = wideTo.at(-1);
  const place = to.map((_, axis) => {
    const before = wideTo.findLast((wide) => wide < axis);
    const next = wideTo.find((wide) => wide >= axis);
    if (before === undefined && next !== axis) return -1;
    const anchor = next === undefined || (next === last && next !== axis) ? before : next;
    return order[wideFrom[wideTo.indexOf(anchor!)]!]!;
  });
  const layout = to.map((_, axis) => axis).sort((a, b) => place[a]! - place[b]! || a - b);
  const source = inverse(order).map((axis) => from[axis]!);
  const target = targetOf(
    source,
    layout.map((axis) => to[axis]!),
    patch,
  );
  if (!target) return undefined;
  return {
    inputs: [0],
    outputs: [inverse(layout)],
    twin: ([x], patch) => [patch.node('Reshape', [x!, patch.integers(target)], {}, node.name)],
  };
}

function wideAxes(shape: readonly Dim[]): number[] {
  return shape.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));
}

/** The node's op on other inputs. */
function again(
  node: Node,
  inputs: readonly (Operand | null | undefined)[],
  patch: Patch,
  attributes: Readonly<Record<string, number>> = {},
): readonly Operand[] {
  const changed = new Map([...node.attributes, ...Object.entries(attributes)]);
  return patch.outputs(node.outputs.length, node.op.name, inputs, changed, node.name);
}

function withConstants(
  node: Node,
  inputs: readonly (Operand | null)[],
  constants: ReadonlyMap<number, Constant>,
  patch: Patch,
): (Operand | null)[] {
  return inputs.map((input, i) => {
    const constant = constants.get(i);
    return constant ? patch.constant(constant, node.inputs[i]!.name) : input;
  });
}

/** A constant that broadcasts to a value with the order, as it does to u: without leading axes of size 1. */
function reordered(constant: Constant, order: Order): Constant | undefined {
  if (constant.strings || constant.dims.length > order.length) return undefined;
  const padded = [...new Array<number>(order.length - constant.dims.length).fill(1), ...constant.dims];
  const dims = inverse(order).map((axis) => padded[axis]!);
  const wide = padded.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));
  const first = dims.findIndex((dim) => dim !== 1);
  const shown = constant.dims.length < order.length ? dims.slice(first < 0 ? dims.length : first) : dims;
  // With the wide axes in their order, the elements are in theirs.
  if (wide.every((axis, i) => i === 0 || order[axis]! > order[wide[i - 1]!]!))
    return { ...constant, dims: shown, read: () => constant.read() };
  const count = elementCount(padded);
  const { dtype } = constant;
  if (isPacked(dtype) || lanesOf(dtype) !== 1 || count * byteSize(dtype) > MAX_BYTES) return undefined;
  const from = elementsOf(constant);
  const data = new (arrayType(dtype))(count);
  const strides = padded.map((_, axis) => padded.slice(axis + 1).reduce((a, b) => a * b, 1));
  const steps = inverse(order).map((axis) => strides[axis]!);
  const at = dims.map(() => 0);
  for (let i = 0, place = 0; i < count; i++) {
    data[i] = from[place]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      place += steps[axis]!;
      if (++at[axis]! < dims[axis]!) break;
      place -= steps[axis]! * dims[axis]!;
      at[axis] = 0;
    }
  }
  return constantOf(dtype, shown, data);
}

function rankOf(value: Value): number {
  return value.type.shape.length;
}

function normalized(node: Node, order: Order): number {
  return positive(node.view().int('axis'), order.length);
}

function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
