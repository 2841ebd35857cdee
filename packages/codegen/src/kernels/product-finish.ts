// What becomes of the sums of a product that are computed in tiles.

import type { Emitter } from '../emitter.ts';
import type { Problem } from '../kernel.ts';
import { Position } from '../wgsl/position.ts';
import { finishAll, finisher, runFinisher } from './contraction.ts';
import { axesOf, type Product, rowsOf, storeOf } from './product.ts';
import type { Finishing } from './sums.ts';

/**
 * @param columns of a workgroup
 * @param run columns that are finished at once where the output lets them be
 */
export function productFinishing(e: Emitter, problem: Problem, p: Product, columns: number, run: 4 | 8): Finishing {
  const axis = axesOf(p).output.column;
  const width = axis >= 0 && e.storesRuns(axis, run) ? run : 1;
  return {
    finish: { order: 'columns', width },
    finisher(stage, slice) {
      const batch = Position.linear(p.batch, slice).coords(stage.shader);
      const store = storeOf(stage, problem, p, batch, [], [], { first: () => 0, columns });
      const finish = width === 1 ? finisher(stage, store) : runFinisher(stage, store, axis, width);
      return (sums, row, column) => {
        const [coords] = rowsOf(stage, p, [row]);
        stage.shader.when(store.inside([row]), () => finishAll(finish, width, sums, [row, ...coords!], column));
      };
    },
  };
}
