// What is known of the values in a sequence or optional.

import { bounds, type Dim, sameDim } from '../dim.ts';
import { isContainer } from '../dtype.ts';
import type { Inferred, NodeView } from '../op.ts';
import type { ElementType, TensorType } from '../tensor.ts';

/** The type of values of which each is one thing or another; what is not known of one is what it is of the other. */
export function joinElements(a: ElementType, b: ElementType): ElementType {
  const element = a.element && b.element ? joinElements(a.element, b.element) : (a.element ?? b.element);
  if (isContainer(a.dtype)) return { dtype: a.dtype, shape: [], ...(element && { element }) };
  if (a.shape === undefined || b.shape === undefined) return a.shape === undefined ? b : a;
  if (!a.shape || a.shape.length !== b.shape?.length) return { dtype: a.dtype, shape: null };
  const shape = a.shape.map((dim, axis) => {
    const other = b.shape![axis]!;
    return dim !== null && other !== null && sameDim(dim, other) ? dim : null;
  });
  return { dtype: a.dtype, shape };
}

/** The element that a value is as such. */
export function elementOf({ dtype, shape, element }: TensorType): ElementType {
  return { dtype, shape, ...(element && { element }) };
}

/**
 * The type of a value taken out of a sequence or optional. Axes along which values differ are told by the run.
 * @throws TrtxError SHAPE where not even the number of axes is known
 */
export function takenOut(at: NodeView, element: ElementType, hint: string): Inferred {
  const { dtype, shape } = element;
  if (isContainer(dtype)) return { dtype, shape: [], element: element.element };
  if (!shape)
    throw at.fail(
      'the number of axes of what is in the sequence is not known',
      'Declare the shape of what is in it, or give it in the profile.',
    );
  return { dtype, shape: shape.map((dim, axis) => dim ?? at.unknown(`${hint}.${axis}`, 2 ** 31 - 1)) };
}

/** The dim where all values have it. */
export function commonDim(dims: readonly Dim[]): Dim | null {
  const [first] = dims;
  return first !== undefined && dims.every((dim) => sameDim(dim, first)) ? first : null;
}

/** The largest size that a dim may have. */
export function largest(dim: Dim | null): number {
  return dim === null ? 2 ** 31 - 1 : bounds(dim).max;
}
