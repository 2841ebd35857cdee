// Channels second, as ONNX has them, and last, as others do.

import type { Tensor } from '@trtx/ir';

/** Whether a shape, in which unknown sizes are null or -1, is that of `dims` with the channels last, and not `dims` itself. */
export function isChannelsLast(shape: readonly (number | null)[] | undefined, dims: readonly number[]): boolean {
  if (shape?.length !== 4 || dims.length !== 4) return false;
  const fits = (axes: readonly number[]) =>
    axes.every((axis, i) => shape[i] === null || shape[i] === -1 || shape[i] === dims[axis]);
  return !fits([0, 1, 2, 3]) && fits([0, 2, 3, 1]);
}

/** An N×C×H×W tensor as N×H×W×C. */
export function channelsLast(tensor: Tensor): Tensor {
  const [n, c, h, w] = tensor.dims as [number, number, number, number];
  return { ...tensor, dims: [n, h, w, c], data: swapped(tensor.data, n, c, h * w) };
}

/** An N×H×W×C tensor as N×C×H×W; of other ranks as it is. */
export function channelsFirst(tensor: Tensor): Tensor {
  if (tensor.dims.length !== 4) return tensor;
  const [n, h, w, c] = tensor.dims as [number, number, number, number];
  return { ...tensor, dims: [n, c, h, w], data: swapped(tensor.data, n, h * w, c) };
}

/** `count` matrices of rows × columns, each transposed. */
function swapped(data: Tensor['data'], count: number, rows: number, columns: number): Tensor['data'] {
  const [from, to] = [data as Float32Array, data.slice() as Float32Array];
  for (let i = 0; i < from.length; i++) {
    const [matrix, place] = [Math.floor(i / (rows * columns)), i % (rows * columns)];
    const [row, column] = [Math.floor(place / columns), place % columns];
    to[(matrix * columns + column) * rows + row] = from[i]!;
  }
  if (from.length !== count * rows * columns) throw new RangeError('dims do not fit the data');
  return to;
}
