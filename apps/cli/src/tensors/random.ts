// Random elements that are the same everywhere: floats from -1 to 1, integers from 0 to 9, booleans.

import { type DType, elementCount, isComplex, isFloat, lanesOf, type Tensor } from '@trtx/ir';
import { fromFloat64 } from '@trtx/reference';

/** A tensor of random elements; the same for the same seed. */
export function randomTensor(dtype: DType, dims: readonly number[], seed: number): Tensor {
  const next = mulberry32(seed);
  const draw =
    isFloat(dtype) || isComplex(dtype)
      ? () => next() * 2 - 1
      : dtype === 'bool'
        ? () => Math.floor(next() * 2)
        : () => Math.floor(next() * 10);
  return fromFloat64(dtype, dims, Float64Array.from({ length: elementCount(dims) * lanesOf(dtype) }, draw));
}

/** Uniform numbers in [0, 1): Tommy Ettinger's mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
