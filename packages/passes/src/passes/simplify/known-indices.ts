// Look-ups at positions that are known, whatever the sizes are: exporters spell the mask of a batch as a Gather at flat indices
// batch · length + position, which is the mask itself; and as comparisons that hold everywhere.

import { type CompareOp, type Dim, mul, type Node, normalizeAxis, product, sameDim, type Value } from '@trtx/ir';
import { integersOf, producerOf, scalarOf, splatOf } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';
import { targetOf } from './canonical-reshapes.ts';
import { difference, type Ramp, rampOf, rampOfContents, rangeOf } from './ramps.ts';

/** A Gather at all positions in their order is a Reshape; of the first positions of an axis, a Gather along it alone. */
const gatherInOrder = defineRule({
  name: 'gather-in-order',
  ops: ['Gather'],
  apply(node, patch) {
    const indices = node.inputs[1]!;
    const ramp = rampOf(indices);
    if (ramp?.start !== 0) return undefined;
    for (const base of basesOf(node, patch)) {
      const places = placesOf(ramp, indices.type.shape, base, patch);
      if (!places) continue;
      const [partial, ...more] = places.filter(({ whole }) => !whole);
      if (more.length > 0) continue;
      let x: Operand = base.x;
      if (partial) {
        // Of one axis that was not lined up with others, this is what it is already.
        const positions = base.flat && positionsIn(indices, partial.size);
        if (!positions) continue;
        x = patch.node('Gather', [x, positions], { axis: partial.axis });
      }
      const made = reshaped(node, x, patch);
      if (made) return base.flat ? made.covers(base.flat) : made;
    }
    return undefined;
  },
});

/** GatherND at all positions in their order. */
const gatherNdInOrder = defineRule({
  name: 'gather-nd-in-order',
  ops: ['GatherND'],
  apply(node, patch) {
    const [x, indices] = node.inputs as [Value, Value];
    const { contents } = indices;
    if (!contents || contents.values.length === 0 || node.view().int('batch_dims') !== 0) return undefined;
    const dims = contents.dims.slice(0, -1);
    const depth = contents.dims.at(-1)!;
    let last = -1;
    for (let k = 0; k < depth; k++) {
      const ramp = rampOfContents({ dims, values: contents.values.filter((_, i) => i % depth === k) });
      if (ramp?.start !== 0) return undefined;
      const moving = ramp.steps.flatMap((step, axis) => (step === 0 ? [] : [axis]));
      const size = x.type.shape[k]!;
      if (moving.length === 0 && size === 1) continue;
      const [axis] = moving;
      if (moving.length !== 1 || axis! <= last || ramp.steps[axis!] !== 1 || dims[axis!] !== size) return undefined;
      last = axis!;
    }
    return reshaped(node, x, patch);
  },
});

/** And with what holds everywhere, Or with what holds nowhere, Where with a condition that does either: the other operand. */
const decidedOperand = defineRule({
  name: 'decided-operand',
  ops: ['And', 'Or', 'Where'],
  apply(node, patch) {
    const isWhere = node.op.name === 'Where';
    const found = (isWhere ? [0] : [0, 1]).flatMap((i) => {
      const operand = node.inputs[i]!;
      const holds = everywhere(operand);
      if (holds === undefined || (!isWhere && holds !== (node.op.name === 'And'))) return [];
      const other = node.inputs[isWhere ? (holds ? 1 : 2) : 1 - i]!;
      return [{ operand, other, isWhole: patch.sameShape(other.type.shape, node.output.type.shape) }];
    });
    const { operand, other, isWhole } = found.find((each) => each.isWhole) ?? found[0] ?? {};
    if (!operand || !other) return undefined;
    const y = isWhole ? other : patch.node('Expand', [other, shapeOf(operand, patch)]);
    if (!patch.sameShape(y.type.shape, node.output.type.shape)) return undefined;
    return patch.replace(node.output, y, 'a condition that holds everywhere, or nowhere');
  },
});

export const knownIndices = definePass({
  name: 'known-indices',
  summary: 'Gather at all positions in their order as Reshape; conditions on positions that hold everywhere',
  rules: [gatherInOrder, gatherNdInOrder, decidedOperand],
});

/** What a Gather reads: axes of x, one or several that were lined up as one. */
interface Base {
  readonly x: Value;
  readonly axes: readonly number[];
  /** The Reshape that lined them up. */
  readonly flat?: Node;
}

function basesOf(node: Node, patch: Patch): Base[] {
  const view = node.view();
  const data = node.inputs[0]!;
  const axis = normalizeAxis(view, view.int('axis'), data.type.shape.length);
  const bases: Base[] = [{ x: data, axes: [axis] }];
  const flat = producerOf(data, 'Reshape');
  const x = flat?.inputs[0];
  if (!flat || !x || axis !== 0) return bases;
  const rest = data.type.shape.slice(1).filter((dim) => dim !== 1);
  const lead = x.type.shape.length - rest.length;
  if (lead < 1 || !patch.sameShape(x.type.shape.slice(lead), rest)) return bases;
  return [...bases, { x, axes: x.type.shape.slice(0, lead).map((_, i) => i), flat }];
}

interface Place {
  readonly axis: number;
  /** How many positions of the axis are read, from the first on. */
  readonly size: Dim;
  readonly whole: boolean;
}

/** Axes of the base that the axes of the indices walk over, in their order; none where all do as one; undefined where it is not so. */
function placesOf(ramp: Ramp, shape: readonly Dim[], base: Base, patch: Patch): Place[] | undefined {
  if (
    isRowMajor(ramp, shape) &&
    patch.sameDim(product(shape), product(base.axes.map((axis) => base.x.type.shape[axis]!)))
  )
    return [];
  const places: Place[] = [];
  const strides = new Map<number, Dim>();
  let stride: Dim = 1;
  for (const axis of [...base.axes].reverse()) {
    strides.set(axis, stride);
    stride = mul(stride, base.x.type.shape[axis]!);
  }
  const left = base.axes.filter((axis) => base.x.type.shape[axis] !== 1);
  for (const [i, step] of ramp.steps.entries()) {
    if (shape[i] === 1) continue;
    const axis = left.shift();
    if (axis === undefined || !sameDim(step, strides.get(axis)!)) return undefined;
    const size = shape[i]!;
    places.push({ axis, size, whole: patch.sameDim(size, base.x.type.shape[axis]!) });
  }
  return left.length === 0 ? places : undefined;
}

/** True where the indices count up in row-major order. */
function isRowMajor({ steps }: Ramp, shape: readonly Dim[]): boolean {
  return steps.every((step, i) => shape[i] === 1 || sameDim(step, product(shape.slice(i + 1))));
}

/** A value with the positions 0, 1, … that the indices are computed from. */
function positionsIn(indices: Value, size: Dim): Value | undefined {
  const seen = new Set<Value>([indices]);
  for (const value of seen) {
    const ramp = value.type.shape.length === 1 ? rampOf(value) : undefined;
    if (ramp?.start === 0 && ramp.steps[0] === 1 && sameDim(value.type.shape[0]!, size)) return value;
    if (seen.size < 64) for (const input of value.producer?.inputs ?? []) if (input) seen.add(input);
  }
  return undefined;
}

function reshaped(node: Node, x: Operand, patch: Patch): Patch | undefined {
  const { shape } = node.output.type;
  const target = targetOf(x.type.shape, shape, patch);
  if (!target) return undefined;
  const y = patch.node('Reshape', [x, patch.integers(target)]);
  return patch.sameShape(y.type.shape, shape) ? patch.replace(node.output, y, 'positions in their order') : undefined;
}

function shapeOf(value: Value, patch: Patch): Operand {
  const numbers = value.type.shape.filter((dim) => typeof dim === 'number');
  return numbers.length === value.type.shape.length ? patch.integers(numbers) : patch.node('Shape', [value]);
}

/** Nodes that are looked through, one behind another. */
const MAX_DEPTH = 16;

/** Whether a bool holds at every place, or at none; undefined where it is not known. */
function everywhere(value: Value | null | undefined, depth = MAX_DEPTH): boolean | undefined {
  if (value?.type.dtype !== 'bool' || depth === 0) return undefined;
  const splat = value.constant ? splatOf(value) : undefined;
  if (splat !== undefined) return splat !== 0;
  const known = integersOf(value);
  if (known && known.length > 0 && known.every((element) => element === known[0])) return known[0] !== 0;
  const node = value.producer;
  if (!node) return undefined;
  if (producerOf(value, 'Reshape', 'Expand', 'Transpose', 'Slice')) return everywhere(node.inputs[0], depth - 1);
  if (producerOf(value, 'Not')) {
    const holds = everywhere(node.inputs[0], depth - 1);
    return holds === undefined ? undefined : !holds;
  }
  if (producerOf(value, 'And', 'Or')) {
    const operands = node.inputs.map((input) => everywhere(input, depth - 1));
    const decisive = node.op.name === 'Or';
    if (operands.includes(decisive)) return decisive;
    return operands.includes(undefined) ? undefined : !decisive;
  }
  return comparison(node);
}

function comparison(node: Node): boolean | undefined {
  const scalar = node.inputs.length === 2 ? scalarOf(node) : undefined;
  if (scalar?.kind !== 'compare' || scalar.a.kind !== 'arg' || scalar.b.kind !== 'arg') return undefined;
  const [a, b] = [rampOf(node.inputs[0]), rampOf(node.inputs[1])];
  if (!a || !b) return undefined;
  const { shape } = node.output.type;
  const { min, max } = rangeOf(difference(a, b, shape.length), shape);
  return HOLDS[scalar.op](min, max);
}

/** Whether a − b, from min to max, always or never compares with 0 so. */
const HOLDS: Readonly<Record<CompareOp, (min: number, max: number) => boolean | undefined>> = {
  eq: (min, max) => (min > 0 || max < 0 ? false : min === 0 && max === 0 ? true : undefined),
  ne: (min, max) => (min > 0 || max < 0 ? true : min === 0 && max === 0 ? false : undefined),
  ge: (min, max) => (min >= 0 ? true : max < 0 ? false : undefined),
  gt: (min, max) => (min > 0 ? true : max <= 0 ? false : undefined),
  le: (min, max) => (max <= 0 ? true : min > 0 ? false : undefined),
  lt: (min, max) => (max < 0 ? true : min >= 0 ? false : undefined),
};
