// Ramps: integer tensors that grow evenly along each axis, such as positions and the flat indices that masks are looked up
// with. They are known whatever the sizes are, where `contents` needs sizes that are numbers.

import { isTrtxError } from '@trtx/errors';
import { add, bounds, type Contents, type Dim, mul, type Node, numbersOf, sameDim, sub, type Value } from '@trtx/ir';

/** The element at [i, j, …] is start + steps[0]·i + steps[1]·j + …; the step of an axis of 1 is 0. */
export interface Ramp {
  readonly start: Dim;
  readonly steps: readonly Dim[];
}

/** Nodes that are looked through, one behind another. */
const MAX_DEPTH = 16;

/** What an integer value is as a ramp, where it is known to be one. As in all shape arithmetic, nothing overflows. */
export function rampOf(value: Value | null | undefined): Ramp | undefined {
  try {
    return ramp(value, MAX_DEPTH);
  } catch (error) {
    // Numbers that no shape has are data.
    if (isTrtxError(error) && error.code === 'DIM_ARITHMETIC') return undefined;
    throw error;
  }
}

function ramp(value: Value | null | undefined, depth: number): Ramp | undefined {
  if (!value || depth === 0 || (value.type.dtype !== 'int64' && value.type.dtype !== 'int32')) return undefined;
  if (value.contents) return rampOfContents(value.contents);
  const node = value.producer;
  return node?.op.domain === '' && node.outputs.length === 1 ? RAMPS[node.op.name]?.(node, depth - 1) : undefined;
}

/** The least and the greatest element. */
export function rangeOf({ start, steps }: Ramp, shape: readonly Dim[]): { min: number; max: number } {
  let [low, high]: [Dim, Dim] = [start, start];
  for (const [axis, step] of steps.entries()) {
    const { min, max } = bounds(step);
    const reach = mul(step, sub(shape[axis]!, 1));
    // Where the sign is not known, the reach may go either way.
    if (max > 0) high = add(high, reach);
    if (min < 0) low = add(low, reach);
    if (min < 0 && max > 0) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  }
  return { min: bounds(low).min, max: bounds(high).max };
}

/** a − b, broadcast to a shape. */
export function difference(a: Ramp, b: Ramp, rank: number): Ramp {
  return combine(a, b, rank, sub);
}

/** A text that equal ramps have. */
export function rampKey({ start, steps }: Ramp): string {
  return `${start}:${steps.join(',')}`;
}

const RAMPS: Readonly<Record<string, (node: Node, depth: number) => Ramp | undefined>> = {
  Range(node) {
    const [start, , delta] = node.inputs.map((input) => input!.contents?.values[0]);
    return start !== undefined && delta !== undefined ? { start, steps: [delta] } : undefined;
  },
  ConstantOfShape(node) {
    const value = node.view().tensor('value');
    const [fill] = value ? numbersOf(value) : [];
    return Number.isSafeInteger(fill) ? { start: fill!, steps: node.output.type.shape.map(() => 0) } : undefined;
  },
  Expand(node, depth) {
    const inner = ramp(node.inputs[0], depth);
    return inner && { ...inner, steps: aligned(inner, node.output.type.shape.length) };
  },
  /** Only where axes of 1 come and go. */
  Reshape(node, depth) {
    const inner = ramp(node.inputs[0], depth);
    const from = node.inputs[0]!.type.shape;
    const to = node.output.type.shape;
    const left = from.flatMap((dim, axis) => (dim === 1 ? [] : [axis]));
    const kept = to.filter((dim) => dim !== 1);
    if (!inner || kept.length !== left.length || !kept.every((dim, i) => sameDim(dim, from[left[i]!]!)))
      return undefined;
    let next = 0;
    return { ...inner, steps: to.map((dim) => (dim === 1 ? 0 : inner.steps[left[next++]!]!)) };
  },
  Transpose(node, depth) {
    const inner = ramp(node.inputs[0], depth);
    const perm = node.view().ints('perm') ?? inner?.steps.map((_, i) => i).reverse();
    return inner && { ...inner, steps: perm!.map((axis) => inner.steps[axis]!) };
  },
  Cast: (node, depth) => ramp(node.inputs[0], depth),
  Identity: (node, depth) => ramp(node.inputs[0], depth),
  Add: (node, depth) => binary(node, depth, add),
  Sub: (node, depth) => binary(node, depth, sub),
  /** By what is the same everywhere. */
  Mul(node, depth) {
    const [a, b] = [ramp(node.inputs[0], depth), ramp(node.inputs[1], depth)];
    if (!a || !b) return undefined;
    const rank = node.output.type.shape.length;
    const [scaled, factor] = isUniform(b) ? [a, b] : [b, a];
    if (!isUniform(factor)) return undefined;
    return {
      start: mul(scaled.start, factor.start),
      steps: aligned(scaled, rank).map((step) => mul(step, factor.start)),
    };
  },
};

function binary(node: Node, depth: number, f: (a: Dim, b: Dim) => Dim): Ramp | undefined {
  const [a, b] = [ramp(node.inputs[0], depth), ramp(node.inputs[1], depth)];
  return a && b && combine(a, b, node.output.type.shape.length, f);
}

function combine(a: Ramp, b: Ramp, rank: number, f: (a: Dim, b: Dim) => Dim): Ramp {
  const [left, right] = [aligned(a, rank), aligned(b, rank)];
  return { start: f(a.start, b.start), steps: left.map((step, i) => f(step, right[i]!)) };
}

/** The steps with zeros for axes that broadcasting puts in front. */
function aligned({ steps }: Ramp, rank: number): Dim[] {
  return [...new Array<Dim>(rank - steps.length).fill(0), ...steps];
}

function isUniform({ steps }: Ramp): boolean {
  return steps.every((step) => step === 0);
}

/** Contents as a ramp, where they are one. */
export function rampOfContents({ dims, values }: Contents): Ramp | undefined {
  const [start] = values;
  if (start === undefined) return undefined;
  let stride = values.length;
  const strides = dims.map((dim) => {
    stride /= dim;
    return stride;
  });
  const steps = dims.map((dim, axis) => (dim === 1 ? 0 : sub(values[strides[axis]!]!, start)));
  const isRamp = values.every((value, i) => {
    const at = strides.map((by, axis) => Math.floor(i / by) % dims[axis]!);
    return sameDim(
      value,
      at.reduce<Dim>((sum, place, axis) => add(sum, mul(steps[axis]!, place)), start),
    );
  });
  return isRamp ? { start, steps } : undefined;
}
