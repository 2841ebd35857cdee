// Formats: in which order the axes of a value in memory follow one another. A format belongs to a value, and is nothing
// but strides: whatever reads or writes the value through the emitter is right in every format, only not equally fast.

import { type Dim, DimExpr, mul, sameDim, type Value } from '@trtx/ir';
import { isDense, isMultiple, rowMajor, type TensorView } from '../group/view.ts';

/** `row-major` is what ONNX calls NCHW, `channels-last` what others call NHWC, of any number of spatial axes. */
export type Format = 'row-major' | 'channels-last';

/** What a tactic makes of the formats of what it reads and writes. */
export interface FormatUse {
  readonly reads: Format;
  readonly writes: Format;
  /**
   * Operands that must be in the format `reads`, and are copied where they are not; of every other operand the elements are
   * read wherever they lie. `all`: every operand.
   */
  readonly needs: readonly Value[] | 'all';
}

/** What kernels read and write that know of no formats. */
export const ROW_MAJOR_ONLY: readonly FormatUse[] = [{ reads: 'row-major', writes: 'row-major', needs: 'all' }];

/** What kernels read and write that go through all elements in the order of the result. */
export function sameFormat(needs: FormatUse['needs'] = []): readonly FormatUse[] {
  return (['row-major', 'channels-last'] as const).map((format) => ({ reads: format, writes: format, needs }));
}

/** What kernels read and write that store a result as well in one format as in the other. */
export function anyResult(reads: Format, needs: FormatUse['needs']): readonly FormatUse[] {
  return (['row-major', 'channels-last'] as const).map((writes) => ({ reads, writes, needs }));
}

/** Axes of a tensor of some rank, the outermost in memory first. */
export function axesIn(format: Format, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return format === 'row-major' || rank < 3 ? axes : [0, ...axes.slice(2), 1];
}

/** Strides of a whole tensor in a format, in elements. */
export function stridesIn(format: Format, shape: readonly Dim[]): Dim[] {
  const axes = axesIn(format, shape.length);
  const strides = new Array<Dim>(shape.length);
  rowMajor(axes.map((axis) => shape[axis]!)).forEach((stride, i) => {
    strides[axes[i]!] = stride;
  });
  return strides;
}

/** The order of its axes in which a view's elements follow one another from the offset on, if there is one. */
export function orderOf(view: TensorView): readonly number[] | undefined {
  const rank = view.shape.length;
  if (isDense(view)) return axesIn('row-major', rank);
  const strides = stridesIn('channels-last', view.shape);
  const isLast = strides.every((stride, axis) => view.shape[axis] === 1 || sameDim(stride, view.strides[axis]!));
  return isLast ? axesIn('channels-last', rank) : undefined;
}

/** True where channels that follow one another lie side by side. */
export function isChannelsLast({ strides, shape }: TensorView): boolean {
  return shape.length >= 3 && shape[1] !== 1 && sameDim(strides[1]!, 1) && !isDense({ strides, shape });
}

/** True where a tensor lies as an operand must that is needed in a format. */
export function liesIn(format: Format, view: TensorView): boolean {
  return format === 'channels-last' ? hasChannelVectors(view) : !isChannelsLast(view);
}

/** True where each four channels from a multiple of four on lie side by side at a multiple of four elements. */
export function hasChannelVectors({ offset, strides, shape }: TensorView): boolean {
  if (shape.length < 3 || !sameDim(strides[1]!, 1) || !isMultiple(shape[1]!, 4)) return false;
  const steps = strides.filter((_, axis) => axis !== 1 && shape[axis] !== 1);
  return [offset, ...steps].every((dim) => isMultiple(dim, 4));
}

/**
 * Where a view of a dense memory lies once that memory is in another format: a part of it along one axis, or all of it.
 * Undefined for other views.
 */
export function partIn(format: Format, view: TensorView): TensorView | undefined {
  const whole = view.storage.type.shape;
  const dense = rowMajor(whole);
  const isPart =
    view.shape.length === whole.length &&
    view.strides.every((stride, axis) => view.shape[axis] === 1 || sameDim(stride, dense[axis]!));
  if (!isPart) return undefined;
  const strides = stridesIn(format, whole);
  if (view.offset === 0) return { ...view, strides };
  const cut = whole.findIndex((dim, axis) => !sameDim(dim, view.shape[axis]!));
  const begin = cut < 0 ? undefined : quotient(view.offset, dense[cut]!);
  return begin === undefined ? undefined : { ...view, strides, offset: mul(begin, strides[cut]!) };
}

/** a ÷ b where that is a number. */
function quotient(a: Dim, b: Dim): number | undefined {
  const leading = (dim: Dim) => (dim instanceof DimExpr ? (dim.terms[0]?.coefficient ?? dim.constant) : dim);
  const guess = leading(a) / leading(b);
  return Number.isInteger(guess) && sameDim(mul(b, guess), a) ? guess : undefined;
}
