// What becomes of the sums of a convolution that are computed in tiles: rows are output positions, columns output channels.

import { convGeometry } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { axesIn } from '../format/format.ts';
import { isMultiple } from '../group/view.ts';
import type { FormattedProblem } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { finishAll, finisher, runFinisher, type TileStore } from './contraction.ts';
import { CHANNELS, placesOf, sizeOf, storeOf, withBias } from './conv.ts';
import type { Finishing } from './sums.ts';

/**
 * @param columns of a workgroup
 * @param run columns that are finished at once where the output lets them be
 */
export function convFinishing(e: Emitter, problem: FormattedProblem, columns: number, run: 4 | 8): Finishing {
  const isLast = problem.formats.writes === 'channels-last';
  const width = isLast && isMultiple(sizeOf(problem).columns, run) && e.storesRuns(CHANNELS, run) ? run : 1;
  return {
    finish: { order: isLast ? 'columns' : 'rows', width },
    finisher(stage, slice) {
      const store = isLast ? storeInOrder(stage, problem, slice, columns) : storeAt(stage, problem, slice, columns);
      const finish = width === 1 ? finisher(stage, store) : runFinisher(stage, store, CHANNELS, width);
      return (sums, row, column) =>
        stage.shader.when(store.inside([row]), () =>
          finishAll(finish, width, sums, coordsOf(stage, problem, store, row), column),
        );
    },
  };
}

/** As `storeOf`, by the coordinates of an element. */
function storeAt(e: Emitter, problem: FormattedProblem, slice: Ix, columns: number): TileStore {
  const bias = problem.group.anchor!.inputs[2];
  return storeOf(e, problem, { rows: [], slice }, [], bias, 'f32', { first: () => 0, columns });
}

/** As `storeOf`, by the number of an element in channels-last order, which is that of the tile. */
function storeInOrder(e: Emitter, problem: FormattedProblem, slice: Ix, columns: number): TileStore {
  const { shader } = e;
  const conv = problem.group.anchor!;
  const { outputChannels, groups } = convGeometry(conv.view());
  const { shape } = conv.output.type;
  const outputs = outputChannels / groups;
  const first = shader.index(ix.mul(slice, outputs), 'c');
  return {
    type: 'f32',
    rows: [],
    parameters: ['i'],
    first: () => 0,
    columns,
    count: outputs,
    position: () => Position.ordered(shape, axesIn('channels-last', shape.length), 'i'),
    finished: withBias(e, conv.inputs[2]),
    inside: ([row]) => ix.less(row!, e.size(sizeOf(problem).rows)),
    element: ([row], column) => [ix.add(ix.mul(row!, outputChannels), ix.add(first, column))],
  };
}

/** What a store wants of a row: its number, and where it lies if elements are found by their coordinates. */
function coordsOf(e: Emitter, problem: FormattedProblem, { parameters }: TileStore, row: Ix): readonly Ix[] {
  return parameters.length === 1 ? [row] : [row, ...placesOf(e, problem, [row])[0]!];
}
