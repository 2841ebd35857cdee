// The index map of an injective op (Transpose, Slice, Concat, Gather, ...), as data: each output element is one input
// element, and the map says which. Codegen prints it as index arithmetic, turns it into a strided view where it is
// affine, or into an alias where it is linear; shape inference evaluates it on known contents.

import type { Dim } from './dim.ts';

/** An integer expression over the coordinates of an output element. Division is of non-negative numbers, floored. */
export type Index =
  | { readonly kind: 'coord'; readonly axis: number }
  | { readonly kind: 'dim'; readonly value: Dim }
  | {
      readonly kind: 'binary';
      readonly op: '+' | '-' | '*' | '/' | '%' | 'min' | 'max';
      readonly a: Index;
      readonly b: Index;
    }
  /** An element of an integer input, such as Gather's indices. Negative values count from `size`. */
  | { readonly kind: 'element'; readonly input: number; readonly at: readonly Index[]; readonly size: Dim };

export interface Source {
  readonly input: number;
  /** One index for each axis of the input; or the input element with the same row-major position as the output's. */
  readonly at: readonly Index[] | 'linear';
  /** The source applies where low ≤ index < high for every range; the first that applies is taken. */
  readonly where?: readonly { readonly index: Index; readonly low: Dim; readonly high: Dim }[];
}

export interface IndexMap {
  readonly sources: readonly Source[];
  /** The value where no source applies: a number, or an input that holds it. Without it, the last source applies. */
  readonly otherwise?: { readonly value: number } | { readonly input: number };
}

/** The elements of input 0 in their order: what changes is the shape alone. */
export const LINEAR: IndexMap = { sources: [{ input: 0, at: 'linear' }] };

export const coord = (axis: number): Index => ({ kind: 'coord', axis });
export const indexOf = (value: Dim): Index => ({ kind: 'dim', value });

export function indexOp(op: '+' | '-' | '*' | '/' | '%' | 'min' | 'max', a: Index, b: Index | Dim): Index {
  const right = typeof b === 'number' || !('kind' in b) ? indexOf(b) : b;
  const neutral =
    right.kind === 'dim' &&
    (op === '+' || op === '-' ? right.value === 0 : (op === '*' || op === '/') && right.value === 1);
  return neutral ? a : { kind: 'binary', op, a, b: right };
}
