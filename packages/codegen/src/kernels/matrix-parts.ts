// Sums of a contraction that several workgroups share: each leaves its part in scratch memory, and a second dispatch adds them
// up, in order, so that the result is the same in every run.

import { ceilDiv, type Dim, mul, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import type { Launch } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import type { FinishSums, MatrixProblem } from './matrix-problem.ts';
import { EIGHT, type MatrixSize, type MatrixTile } from './matrix-tiles.ts';

const WORKGROUP = 64;

/** The parts of all sums, as [part][slice][row][column], with columns in whole eights. */
export class Parts {
  readonly #memory: Value;
  /** Eights of a row. */
  readonly #eights: Dim;

  constructor(
    e: Emitter,
    private readonly tile: MatrixTile,
    private readonly size: MatrixSize,
  ) {
    this.#eights = ceilDiv(size.columns, EIGHT);
    const rows = mul(mul(size.slices, size.rows), tile.parts);
    this.#memory = e.scratch(mul(mul(rows, this.#eights), EIGHT));
  }

  /** What stores eight sums of a part. @param number of the part and the slice in it */
  storer(e: Emitter, number: Ix): FinishSums {
    const { shader } = e;
    const vectors = e.scratchVectors(this.#memory);
    const inside = (row: Ix, column: Ix) =>
      ix.all([ix.less(row, e.size(this.size.rows)), ix.less(column, e.size(this.size.columns))]);
    return ([low, high], row, column) =>
      shader.when(inside(row, column), () => {
        const at = shader.index(this.#vectorAt(e, number, row, ix.div(column, EIGHT)), 'at');
        shader.line(vectors.write(at, low!));
        shader.line(vectors.write(ix.add(at, 1), high!));
      });
  }

  /** Emits what adds up the parts of eight columns, or of one, and finishes the sums. */
  emitJoin(e: Emitter, { size, finish: { width, order }, finisher }: MatrixProblem): Launch {
    const { shader } = e;
    const { parts } = this.tile;
    const runs = width === 1 ? size.columns : this.#eights;
    const all = mul(mul(size.slices, size.rows), runs);
    const number = shader.index(ix.add(ix.mul('group', WORKGROUP), 'lid'), 'number');
    shader.when(ix.less(number, e.size(all)), () => {
      const [inner, outer] = order === 'columns' ? [runs, size.rows] : [size.rows, runs];
      const first = shader.index(ix.mod(number, e.size(inner)), 'c');
      const rest = shader.index(ix.div(number, e.size(inner)), 'q');
      const second = shader.index(ix.mod(rest, e.size(outer)), 'c');
      const slice = shader.index(ix.div(rest, e.size(outer)), 'slice');
      const [run, row] = order === 'columns' ? [first, second] : [second, first];
      const column = shader.index(ix.mul(run, width), 'column');
      const vectors = e.scratchVectors(this.#memory);
      const at = (part: number) =>
        this.#vectorAt(e, ix.add(slice, ix.mul(part, e.size(size.slices))), row, ix.div(column, EIGHT));
      const starts = Array.from({ length: parts }, (_, part) => shader.index(at(part), 'at'));
      const sums = Array.from({ length: Math.ceil(width / 4) }, (_, four) => {
        const inEight = width === 1 ? ix.div(ix.mod(column, EIGHT), 4) : four;
        const terms = starts.map((start) => vectors.read(ix.add(start, inEight)));
        const picked = width === 1 ? terms.map((term) => `${term}[${ix.text(ix.mod(column, 4))}]`) : terms;
        return shader.let(picked.join(' + '), 'sum');
      });
      finisher(e, slice)(sums, row, column);
    });
    return { workgroupSize: WORKGROUP, workgroups: ceilDiv(all, WORKGROUP) };
  }

  #vectorAt(e: Emitter, number: Ix, row: Ix, eight: Ix): Ix {
    const line = ix.add(ix.mul(number, e.size(this.size.rows)), row);
    return ix.mul(ix.add(ix.mul(line, e.size(this.#eights)), eight), 2);
  }
}
