// Convolution as implicit GEMM on subgroup matrices: rows are output positions, columns output channels of a group, and the
// sum runs as `conv-steps.ts` says.

import { convGeometry, type Value } from '@trtx/ir';
import { type Emitter, packHalves } from '../emitter.ts';
import { axesIn } from '../format/format.ts';
import { isMultiple, liesInRuns } from '../group/view.ts';
import { defineKernel, type FormattedProblem, type Kernel, type Launch } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { finisher, packable, runFinisher, type TileStore } from './contraction.ts';
import { CHANNELS, placesOf, sizeOf, storeOf, withBias } from './conv.ts';
import { stepsOf } from './conv-steps.ts';
import { packWeights } from './conv-weights.ts';
import { channelFormats, type WindowVector, windowsOf } from './conv-window.ts';
import { emitMatrix } from './matrix.ts';
import type { HalfSources } from './matrix-problem.ts';
import { EIGHT, type MatrixSize, type MatrixTile, matricesOf, matrixCost, matrixTiles } from './matrix-tiles.ts';

export const convMatrix: Kernel = defineKernel<MatrixTile>({
  id: 'conv.matrix',
  version: 4,
  summary:
    'convolution as implicit GEMM on subgroup matrices, float16 operands through workgroup memory, sums in float32',
  ops: ['Conv'],
  formats: (problem) => channelFormats(problem, 8),
  applies({ group, target }) {
    const [x, w] = group.anchor!.inputs as [Value, Value];
    const values = [x, w, group.accumulated];
    return (
      matricesOf(target).length > 0 &&
      values.every(({ type }) => type.dtype === 'float16') &&
      packable(w, 'f32') !== undefined
    );
  },
  params: (problem) => matrixTiles(problem.target, matrixSize(problem)),
  cost: (problem, tile) => matrixCost(problem.target, tile, matrixSize(problem)),
  emit: emitConv,
});

function matrixSize(problem: FormattedProblem): MatrixSize {
  const { outputChannels } = convGeometry(problem.group.anchor!.view());
  const { rows, groups } = sizeOf(problem);
  const { order, depth } = stepsOf(problem, EIGHT);
  return {
    rows,
    columns: outputChannels / groups,
    slices: groups,
    depth,
    isGathered: order === 'taps',
    hasWeights: true,
  };
}

function emitConv(e: Emitter, problem: FormattedProblem, tile: MatrixTile): Launch {
  const { inputs } = problem.group.anchor!;
  const isLast = problem.formats.writes === 'channels-last';
  const { columns } = matrixSize(problem);
  const width = isLast && isMultiple(columns, EIGHT) && e.storesRuns(CHANNELS, EIGHT) ? EIGHT : 1;
  return emitMatrix(e, tile, {
    size: matrixSize(problem),
    finish: { order: isLast ? 'columns' : 'rows', width },
    sources: (stage, slice) => sourcesOf(stage, problem, tile, slice),
    finisher(_, slice) {
      const store = isLast ? storeInOrder(e, problem, slice, tile) : storeAt(slice);
      const finish = width === 1 ? finisher(e, store) : runFinisher(e, store, CHANNELS, EIGHT);
      return (sums, row, column) =>
        e.shader.when(store.inside([row]), () => finish(sums, coordsOf(store, row), column));
    },
  });

  function storeAt(slice: Ix): TileStore {
    return storeOf(e, problem, { rows: [], slice }, [], inputs[2], 'f32', { first: () => 0, columns: tile.n });
  }

  /** What a store wants of a row: its number, and where it lies if elements are found by their coordinates. */
  function coordsOf({ parameters }: TileStore, row: Ix): readonly Ix[] {
    return parameters.length === 1 ? [row] : [row, ...placesOf(e, problem, [row])[0]!];
  }
}

/** As `storeOf`, by the number of an element in channels-last order, which is that of the tile. */
function storeInOrder(e: Emitter, problem: FormattedProblem, slice: Ix, tile: MatrixTile): TileStore {
  const { shader } = e;
  const conv = problem.group.anchor!;
  const bias = conv.inputs[2];
  const { outputChannels, groups } = convGeometry(conv.view());
  const { shape } = conv.output.type;
  const outputs = outputChannels / groups;
  const first = shader.index(ix.mul(slice, outputs), 'c');
  return {
    type: 'f32',
    rows: [],
    parameters: ['i'],
    first: () => 0,
    columns: tile.n,
    count: outputs,
    position: () => Position.ordered(shape, axesIn('channels-last', shape.length), 'i'),
    finished: withBias(e, bias),
    inside: ([row]) => ix.less(row!, e.size(sizeOf(problem).rows)),
    element: ([row], column) => [ix.add(ix.mul(row!, outputChannels), ix.add(first, column))],
  };
}

function sourcesOf(e: Emitter, problem: FormattedProblem, tile: MatrixTile, slice: Ix): HalfSources {
  const x = problem.group.anchor!.inputs[0]!;
  const steps = stepsOf(problem, EIGHT);
  const read =
    problem.formats.reads === 'channels-last' && liesInRuns(e.view(x), CHANNELS, EIGHT) ? e.halves(x) : undefined;
  const vector: WindowVector = { count: EIGHT, read, zeros: 'vec4<u32>()', join: packHalves };
  const packed = packWeights(problem, steps, tile);
  const weights = e.packedHalves(packed.constant);
  return {
    order: 'columns',
    a: windowsOf(e, problem, slice, steps, tile.k, vector),
    b: (column) => (step) => weights(packed.vector(slice, step, ix.div(column, 8), 8)),
  };
}
