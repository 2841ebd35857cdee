// Parts of tensors along an axis, of any element type: taken out, and put one after the other.

import { arrayType, lanesOf, type Tensor } from '@trtx/ir';

/** Elements of any type: what is copied is numbers or strings. */
type Elements = { [index: number]: unknown; readonly length: number };

/** `size` places of a tensor from `start` on along an axis. */
export function takePart(tensor: Tensor, axis: number, start: number, size: number): Tensor {
  const { dtype, dims } = tensor;
  const partDims = dims.map((dim, i) => (i === axis ? size : dim));
  const rows = rowsOf(tensor, axis);
  const data = newData(dtype, rows.count * size * rows.place);
  for (let row = 0; row < rows.count; row++)
    copy(tensor, (row * dims[axis]! + start) * rows.place, data, row * size * rows.place, size * rows.place);
  return { dtype, dims: partDims, data: data as unknown as Tensor['data'] };
}

/** Tensors that are alike but along an axis, one after the other along it. */
export function joinParts(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts as [Tensor];
  const size = parts.reduce((sum, { dims }) => sum + dims[axis]!, 0);
  const dims = first.dims.map((dim, i) => (i === axis ? size : dim));
  const { count, place } = rowsOf(first, axis);
  const data = newData(first.dtype, count * size * place);
  let at = 0;
  for (const part of parts) {
    const run = part.dims[axis]! * place;
    for (let row = 0; row < count; row++) copy(part, row * run, data, row * size * place + at, run);
    at += run;
  }
  return { dtype: first.dtype, dims, data: data as unknown as Tensor['data'] };
}

/** How often the axis is gone through, and how many numbers or strings each place on it has. */
function rowsOf({ dtype, dims }: Tensor, axis: number): { count: number; place: number } {
  const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
  return { count: product(dims.slice(0, axis)), place: product(dims.slice(axis + 1)) * lanesOf(dtype) };
}

function newData(dtype: Tensor['dtype'], length: number): Elements {
  return (dtype === 'string' ? new Array<string>(length) : new (arrayType(dtype))(length)) as Elements;
}

function copy({ data: from }: Tensor, start: number, to: Elements, at: number, length: number): void {
  for (let i = 0; i < length; i++) to[at + i] = from[start + i];
}
