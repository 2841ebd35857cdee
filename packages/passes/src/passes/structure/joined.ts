// Constants side by side, as one that copies nothing before it is read.

import { byteSize, type Constant, elementCount } from '@trtx/ir';

/** The concatenation along an axis of constants of one type, of elements of whole bytes. */
export function joined(parts: readonly Constant[], axis: number): Constant {
  const [{ dtype, dims }] = parts as [Constant, ...Constant[]];
  const total = parts.reduce((sum, part) => sum + part.dims[axis]!, 0);
  return {
    dtype,
    dims: dims.with(axis, total),
    read() {
      const rows = elementCount(dims.slice(0, axis));
      const widths = parts.map((part) => elementCount(part.dims.slice(axis)) * byteSize(dtype));
      const width = widths.reduce((sum, each) => sum + each, 0);
      const bytes = new Uint8Array(rows * width);
      let start = 0;
      parts.forEach((part, i) => {
        const from = part.read();
        const own = widths[i]!;
        for (let row = 0; row < rows; row++) bytes.set(from.subarray(row * own, (row + 1) * own), row * width + start);
        start += own;
      });
      return bytes;
    },
  };
}
