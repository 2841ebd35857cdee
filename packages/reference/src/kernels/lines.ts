// A tensor as lines along one axis.

/** The lines: where each begins, and how its elements follow one another. */
export interface Lines {
  /** Offsets of first elements, in row-major order of the other axes. */
  readonly starts: readonly number[];
  readonly size: number;
  readonly stride: number;
}

/** The lines of a tensor of these dims along an axis. */
export function linesOf(dims: readonly number[], axis: number): Lines {
  const size = dims[axis]!;
  const stride = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = dims.slice(0, axis).reduce((a, b) => a * b, 1);
  const starts: number[] = [];
  for (let o = 0; o < outer; o++) for (let i = 0; i < stride; i++) starts.push(o * size * stride + i);
  return { starts, size, stride };
}
