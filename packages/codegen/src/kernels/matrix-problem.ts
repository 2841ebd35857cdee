// What a kernel on subgroup matrices is told of its contraction.

import type { Emitter } from '../emitter.ts';
import type { Ix } from '../wgsl/ix.ts';
import type { LineOrder, MatrixSize } from './matrix-tiles.ts';
import type { Finishing } from './sums.ts';

/** Where what a contraction multiplies comes from, in one slice. Steps from `depth` on are 0 on both sides. */
export interface HalfSources {
  /**
   * For the row with a number, which can pass the last one: what reads eight steps of it, from a multiple of eight on in the
   * tile that begins at a step.
   */
  a(row: Ix): (tile: Ix, step: Ix) => string;
  /** What follows one another in the memory of A: its rows, or the steps of the sum. */
  readonly along: 'rows' | 'steps';
  /** Whether what is read is worked on at once, such as joined of elements or put to 0. */
  readonly isWorkedOn: boolean;
  /**
   * What reads eight halves of B as a vec4<u32>: of eight columns, from the one with this number on, at a step; or of one
   * column at eight steps, from a multiple of eight on.
   */
  b(column: Ix): (step: Ix) => string;
  readonly order: LineOrder;
}

/** A contraction: how large it is, what it multiplies, and what becomes of its sums, each written with an emitter. */
export interface MatrixProblem extends Finishing {
  readonly size: MatrixSize;
  sources(e: Emitter, slice: Ix): HalfSources;
}
