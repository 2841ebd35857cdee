// Sums that one stage of a kernel leaves to another, in scratch memory.

import { ceilDiv, type Dim, mul, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import type { FinishSums, SumsSize } from './sums.ts';

/** Sums as [slice][row][column], with columns in whole runs. */
export class SumsMemory {
  readonly memory: Value;
  /** Vectors of four of a row. */
  readonly vectors: Dim;

  /** @param width columns of a run */
  constructor(
    e: Emitter,
    private readonly size: Pick<SumsSize, 'rows' | 'columns' | 'slices'>,
    width: 4 | 8,
  ) {
    this.vectors = mul(ceilDiv(size.columns, width), width / 4);
    this.memory = e.scratch(mul(mul(mul(size.slices, size.rows), this.vectors), 4));
  }

  /** What stores the sums of a run of a slice. */
  storer(e: Emitter, slice: Ix): FinishSums {
    const { shader } = e;
    const vectors = e.scratchWords(this.memory, 'vec4<f32>');
    const inside = (row: Ix, column: Ix) =>
      ix.all([ix.less(row, e.size(this.size.rows)), ix.less(column, e.size(this.size.columns))]);
    return (sums, row, column) =>
      shader.when(inside(row, column), () => {
        const at = shader.index(this.vectorAt(e, slice, row, column), 'at');
        for (const [i, sum] of sums.entries()) shader.line(vectors.write(ix.add(at, i), sum));
      });
  }

  /** Where the four columns from one on lie, in vectors. */
  vectorAt(e: Emitter, slice: Ix, row: Ix, column: Ix): Ix {
    const line = ix.add(ix.mul(slice, e.size(this.size.rows)), row);
    return ix.add(ix.mul(line, e.size(this.vectors)), ix.div(column, 4));
  }
}
