// Sizes to plan for where they are dynamic.

import { type Dim, foldDim, type Sym } from '@trtx/ir';

/** A size to cost kernels for: what it comes to where symbols have their typical sizes, at least 1. */
export function typical(dim: Dim): number {
  return typeof dim === 'number' ? dim : Math.max(atTypicalSizes(dim), 1);
}

/** What it comes to, be it a size or not, where symbols have their typical sizes. */
export function atTypicalSizes(dim: Dim): number {
  return foldDim<number>(dim, {
    number: (value) => value,
    symbol: sizeOf,
    operation: (kind, a, b) => APPLY[kind](a, b),
  });
}

/** As the profile tells, or the geometric middle of the range, which may be wide. */
function sizeOf({ min, max, opt }: Sym): number {
  return opt ?? Math.round(Math.sqrt(Math.max(min, 1) * Math.max(max, 1)));
}

const APPLY = {
  '+': (a: number, b: number) => a + b,
  '*': (a: number, b: number) => a * b,
  // Nothing divides by a size of 0; typical ones may not fit each other.
  floor: (a: number, b: number) => Math.floor(a / (b || 1)),
  min: Math.min,
  max: Math.max,
};
