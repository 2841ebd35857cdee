// Norms as nodes: made for the axes that a model normalizes over, and their scale and bias as constants.

import { type Constant, type Dim, elementCount, type Value } from '@trtx/ir';
import { alongAxis, float64Of, fromFloat64 } from '../../match.ts';
import type { NewValue, Patch } from '../../patch.ts';

/** What a model multiplies a norm by, and adds to it: constants that broadcast to the input. */
export interface Affine {
  readonly scale?: Constant | undefined;
  readonly bias?: Constant | undefined;
}

/**
 * `x` normalized over axes by mean and variance: LayerNormalization over the last axes, InstanceNormalization over those
 * behind the channels, and LayerNormalization between two Transposes over others. Undefined where scale and bias do not lie
 * along them, or where their size is not known.
 */
export function meanNorm(
  patch: Patch,
  x: Value,
  axes: readonly number[],
  epsilon: number,
  affine: Affine = {},
): NewValue | undefined {
  const { shape } = x.type;
  const spatial = shape.length > 3 && axes.length === shape.length - 2 && axes[0] === 2;
  return (
    (spatial ? instanceNorm(patch, x, epsilon, affine) : undefined) ?? lineNorm(patch, x, axes, epsilon, affine, true)
  );
}

/** `x` over the root of the mean of its squares: RMSNormalization, between two Transposes where the axes are not the last. */
export function rootNorm(patch: Patch, x: Value, axes: readonly number[], epsilon: number, scale?: Constant) {
  return lineNorm(patch, x, axes, epsilon, { scale }, false);
}

function lineNorm(
  patch: Patch,
  x: Value,
  axes: readonly number[],
  epsilon: number,
  { scale, bias }: Affine,
  centered: boolean,
): NewValue | undefined {
  const { shape, dtype } = x.type;
  const order = [...shape.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  const line = axes.map((axis) => shape[axis]!);
  const weight = scale ? alongAxes(scale, shape, axes) : splat(dtype, line, 1);
  const offset = bias && alongAxes(bias, shape, axes);
  if (!weight || (bias && !offset)) return undefined;
  const isLast = order.every((axis, i) => axis === i);
  const attributes = { axis: -axes.length, epsilon };
  const operands = [
    isLast ? x : patch.node('Transpose', [x], { perm: order }),
    patch.constant(weight, 'scale'),
    offset && patch.constant(offset, 'bias'),
  ];
  const y = centered
    ? patch.node('LayerNormalization', operands, attributes)
    : patch.node('RMSNormalization', operands, attributes);
  if (isLast) return y;
  return patch.node('Transpose', [y], { perm: order.map((_, axis) => order.indexOf(axis)) });
}

function instanceNorm(patch: Patch, x: Value, epsilon: number, { scale, bias }: Affine): NewValue | undefined {
  const weight = alongChannels(scale, x, 1);
  const offset = alongChannels(bias, x, 0);
  if (!weight || !offset) return undefined;
  const operands = [x, patch.constant(weight, 'scale'), patch.constant(offset, 'bias')];
  return patch.node('InstanceNormalization', operands, { epsilon });
}

/** A number for each channel of `x`; `absent` for each where no constant is given. */
export function alongChannels(constant: Constant | undefined, x: Value, absent: number): Constant | undefined {
  const { shape, dtype } = x.type;
  const channels = shape[1];
  if (typeof channels !== 'number') return undefined;
  const values = constant ? alongAxis(constant, shape.length, 1, channels) : new Float64Array(channels).fill(absent);
  return values && fromFloat64(dtype, [channels], values);
}

/** The constant's numbers along some axes of a shape, in a tensor of these alone; undefined where it varies along others. */
export function alongAxes(constant: Constant, shape: readonly Dim[], axes: readonly number[]): Constant | undefined {
  const skip = shape.length - constant.dims.length;
  if (skip < 0) return undefined;
  const own = shape.map((_, axis) => (axis < skip ? 1 : constant.dims[axis - skip]!));
  const line = axes.map((axis) => shape[axis]!);
  if (own.some((dim, axis) => dim !== 1 && (!axes.includes(axis) || dim !== shape[axis]))) return undefined;
  if (!isKnown(line)) return undefined;
  const values = float64Of(constant);
  const strides = axes.map((axis) => (own[axis] === 1 ? 0 : elementCount(own.slice(axis + 1))));
  const result = Float64Array.from({ length: elementCount(line) }, (_, i) => {
    let rest = i;
    let at = 0;
    for (let k = line.length - 1; k >= 0; k--) {
      at += (rest % line[k]!) * strides[k]!;
      rest = Math.floor(rest / line[k]!);
    }
    return values[at]!;
  });
  return fromFloat64(constant.dtype, line, result);
}

function splat(dtype: Constant['dtype'], dims: readonly Dim[], value: number): Constant | undefined {
  return isKnown(dims) ? fromFloat64(dtype, dims, new Float64Array(elementCount(dims)).fill(value)) : undefined;
}

function isKnown(dims: readonly Dim[]): dims is readonly number[] {
  return dims.every((dim) => typeof dim === 'number');
}
