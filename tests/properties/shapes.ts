// Awkward shapes: those that every op has to hold for, and random ones made of the same sizes.

import fc from 'fast-check';

export type Shape = readonly number[];

/** Rank 0 and past 6, sizes 0 and 1, primes, one more and one less than a workgroup's or a tile's share. */
export const AWKWARD: readonly Shape[] = [
  [],
  [0],
  [1],
  [7],
  [127],
  [3, 0, 2],
  [31, 7],
  [1, 65],
  [2, 3, 63],
  [7, 1, 31],
  [1, 5, 1, 9],
  [2, 1, 3, 2, 4],
  [2, 3, 1, 2, 1, 3],
  [1, 2, 2, 1, 3, 2, 2],
];

/** Every run has the same cases unless TRTX_PROPERTY_SEED gives another number to draw them by. */
export const SEED = Number(process.env.TRTX_PROPERTY_SEED ?? 3);

const MOST_ELEMENTS = 1500;

export const shapes = (minLength = 0, maxLength = 7): fc.Arbitrary<Shape> =>
  fc
    .array(fc.constantFrom(0, 1, 1, 2, 2, 3, 4, 5, 7, 31, 65, 127), { minLength, maxLength, size: 'max' })
    .map((dims) => {
      let count = 1;
      return dims.map((dim) => {
        const kept = count * dim > MOST_ELEMENTS ? 1 : dim;
        count *= kept || 1;
        return kept;
      });
    });

/** Operands that broadcast to a shape: each lacks some leading axes and has size 1 on some others. */
export function broadcasting(shape: Shape, operands: number): fc.Arbitrary<readonly Shape[]> {
  const operand = fc.record({
    dropped: fc.nat({ max: shape.length }),
    ones: fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
  });
  return fc
    .array(operand, { minLength: operands, maxLength: operands })
    .map((all) => all.map(({ dropped, ones }) => shape.map((dim, axis) => (ones[axis] ? 1 : dim)).slice(dropped)));
}

/** The shape that operands broadcast to. */
export function broadcastShape(all: readonly Shape[]): number[] {
  const rank = Math.max(...all.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = all.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

/** For each element of `to` in row-major order, the element of `from`, which broadcasts to it. */
export function broadcastIndex(from: Shape, to: Shape): Int32Array {
  const strides = new Array<number>(to.length).fill(0);
  let stride = 1;
  for (let axis = from.length - 1; axis >= 0; axis--) {
    if (from[axis] !== 1) strides[axis + to.length - from.length] = stride;
    stride *= from[axis]!;
  }
  const index = new Int32Array(sizeOf(to));
  for (let i = 0; i < index.length; i++) {
    let rest = i;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      index[i]! += (rest % to[axis]!) * strides[axis]!;
      rest = Math.floor(rest / to[axis]!);
    }
  }
  return index;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
