// From a per-channel scale or offset back to the contraction whose channels it is for, through what only moves elements
// and, for scales, through sums with constants.

import type { Constant, Dim, Node, Value } from '@trtx/ir';
import { constantOperand, fitsInto, float64Of, fromFloat64, permutationOf } from '../../match.ts';
import type { Operand, Patch } from '../../patch.ts';
import { MAX_SHARED_BYTES, type Weighted, weighted } from '../../weights.ts';

/** A number for each place along an axis; one number for all places where there is no axis. */
export interface AlongAxis {
  readonly axis: number | undefined;
  readonly values: Float64Array;
}

/** The numbers of a constant that broadcasts to a tensor of this shape and differs along one axis at most. */
export function alongOneAxis(constant: Constant, shape: readonly Dim[]): AlongAxis | undefined {
  if (!fitsInto(constant.dims, shape)) return undefined;
  const skip = shape.length - constant.dims.length;
  const wide = constant.dims.flatMap((dim, i) => (dim === 1 ? [] : [i + skip]));
  return wide.length > 1 ? undefined : { axis: wide[0], values: float64Of(constant) };
}

export interface LinearPath {
  readonly before: Weighted;
  /** The numbers for each channel of the contraction. */
  readonly values: Float64Array;
  /** Makes what lies between anew, on the contraction that takes its place. */
  again(contraction: Operand): Operand;
}

type Step = (input: Operand) => Operand;

/**
 * The path from a contraction to `value`, which `user` reads; undefined where something else reads what is between.
 * @param scales true where what comes between is to be scaled by the numbers; offsets pass no sums
 */
export function linearPath(
  value: Value,
  user: Node,
  { axis, values }: AlongAxis,
  scales: boolean,
  patch: Patch,
): LinearPath | undefined {
  const steps: Step[] = [];
  const covered: Node[] = [];
  for (;;) {
    const node = value.producer;
    if (!node || !patch.onlyUsedBy(value, user)) return undefined;
    const before = weighted(node);
    if (before) {
      if (axis !== undefined && axis !== before.axis) return undefined;
      const each = axis === undefined ? new Float64Array(before.channels).fill(values[0]!) : values;
      if (each.length !== before.channels) return undefined;
      patch.covers(...covered);
      return { before, values: each, again: (made) => steps.reduceRight<Operand>((input, step) => step(input), made) };
    }
    const step = stepOver(node, { axis, values }, scales, patch);
    if (!step) return undefined;
    steps.push(step.again);
    covered.push(node);
    [value, user, axis] = [step.input, node, step.axis];
  }
}

interface StepOver {
  readonly input: Value;
  /** The input's axis that the numbers lie along. */
  readonly axis: number | undefined;
  readonly again: Step;
}

function stepOver(node: Node, along: AlongAxis, scales: boolean, patch: Patch): StepOver | undefined {
  return node.op.domain === '' ? STEPS[node.op.name]?.(node, along, scales, patch) : undefined;
}

type StepMaker = (node: Node, along: AlongAxis, scales: boolean, patch: Patch) => StepOver | undefined;

const STEPS: Readonly<Record<string, StepMaker>> = {
  Transpose(node, { axis }, _, patch) {
    const moved = axis === undefined ? undefined : permutationOf(node)[axis];
    return { input: node.inputs[0]!, axis: moved, again: (input) => redone(node, [input], patch) };
  },
  Reshape(node, { axis }, _, patch) {
    const input = node.inputs[0]!;
    const again: Step = (made) => redone(node, [made, node.inputs[1]!], patch);
    if (axis === undefined) return { input, axis, again };
    const own = axisBefore(input.type.shape, node.output.type.shape, axis);
    return own === undefined ? undefined : { input, axis: own, again };
  },
  Add: sum,
  Sub: sum,
};

/** (x + c) · s = x · s + c · s, where c has no more elements for it. */
function sum(node: Node, along: AlongAxis, scales: boolean, patch: Patch): StepOver | undefined {
  const operand = scales ? constantOperand(node, true) : undefined;
  const shape = node.output.type.shape;
  if (!operand || !fitsInto(operand.constant.dims, shape)) return undefined;
  const scaled = scaledConstant(operand.constant, shape.length, along);
  if (!scaled) return undefined;
  const isLeft = node.inputs[0]!.constant !== null;
  const name = node.inputs[isLeft ? 0 : 1]!.name;
  const again: Step = (made) => {
    const constant = patch.constant(scaled, name);
    return redone(node, isLeft ? [constant, made] : [made, constant], patch);
  };
  return { input: operand.x, axis: along.axis, again };
}

/** The constant of a sum, scaled: by one number, or where it is numbers for the same axis or one number itself. */
function scaledConstant(constant: Constant, rank: number, { axis, values }: AlongAxis): Constant | undefined {
  const own = float64Of(constant);
  if (own.length * Float64Array.BYTES_PER_ELEMENT > MAX_SHARED_BYTES) return undefined;
  if (axis === undefined)
    return finite(
      constant,
      constant.dims,
      own.map((v) => v * values[0]!),
    );
  const place = axis - (rank - constant.dims.length);
  if (own.length === 1) {
    const dims = [values.length, ...new Array<number>(rank - 1 - axis).fill(1)];
    return finite(
      constant,
      dims,
      values.map((v) => v * own[0]!),
    );
  }
  if (constant.dims.some((dim, i) => dim !== 1 && i !== place)) return undefined;
  return finite(
    constant,
    constant.dims,
    own.map((v, i) => v * values[i]!),
  );
}

function finite(like: Constant, dims: readonly number[], values: Float64Array): Constant | undefined {
  return values.every(Number.isFinite) ? fromFloat64(like.dtype, dims, values) : undefined;
}

/** The node on other inputs. */
function redone(node: Node, inputs: readonly Operand[], patch: Patch): Operand {
  return patch.node(node.op.name, inputs, node.attributes, node.name);
}

/** The axis before a Reshape whose places are those of the axis after it. Of static shapes only. */
function axisBefore(from: readonly Dim[], to: readonly Dim[], axis: number): number | undefined {
  const counts = (dims: readonly Dim[]) =>
    dims.reduce<number>((n, dim) => n * (typeof dim === 'number' ? dim : Number.NaN), 1);
  const after = counts(to.slice(axis + 1));
  for (const [i, dim] of from.entries())
    if (dim === to[axis] && dim !== 1 && counts(from.slice(i + 1)) === after) return i;
  return undefined;
}
