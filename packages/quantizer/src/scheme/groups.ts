// The elements that share a scale, as strided runs, and where their scale lies among all.

import { elementCount } from '@trtx/ir';
import type { Granularity } from './scheme.ts';

/** Positions start + r · step + k · stride, for r below `repeats` and k below `length`. */
export interface Group {
  readonly start: number;
  readonly length: number;
  readonly stride: number;
  readonly repeats: number;
  readonly step: number;
}

export interface Groups {
  /** Dims of scales and zero points, as QuantizeLinear and DequantizeLinear want them. */
  readonly dims: readonly number[];
  readonly count: number;
  /** Elements of the largest group. */
  readonly largest: number;
  /** The group whose scale has this row-major position. */
  at(index: number): Group;
}

/** The groups of a row-major tensor. The last block along an axis may be smaller than others. */
export function groupsOf(dims: readonly number[], granularity: Granularity): Groups {
  const total = elementCount(dims);
  if (granularity.kind === 'tensor') {
    const all = { start: 0, length: total, stride: 1, repeats: 1, step: 0 };
    return { dims: [], count: 1, largest: total, at: () => all };
  }
  const { axis } = granularity;
  const size = dims[axis]!;
  const inner = elementCount(dims.slice(axis + 1));
  const outer = elementCount(dims.slice(0, axis));
  if (granularity.kind === 'channel') {
    const at = (c: number) => ({ start: c * inner, length: inner, stride: 1, repeats: outer, step: size * inner });
    return { dims: [size], count: size, largest: inner * outer, at };
  }
  const block = granularity.size;
  const blocks = Math.ceil(size / block);
  return {
    dims: dims.map((dim, i) => (i === axis ? blocks : dim)),
    count: outer * blocks * inner,
    largest: Math.min(block, size),
    at(index) {
      const row = Math.floor(index / inner);
      const first = (row % blocks) * block;
      const start = (Math.floor(row / blocks) * size + first) * inner + (index % inner);
      return { start, length: Math.min(block, size - first), stride: inner, repeats: 1, step: 0 };
    },
  };
}

/** Copies the elements of a group into `into`, from its start on; how many they are. */
export function gather(values: ArrayLike<number>, group: Group, into: Float64Array): number {
  const { start, length, stride, repeats, step } = group;
  let count = 0;
  for (let r = 0; r < repeats; r++)
    for (let k = 0, at = start + r * step; k < length; k++, at += stride) into[count++] = values[at]!;
  return count;
}
