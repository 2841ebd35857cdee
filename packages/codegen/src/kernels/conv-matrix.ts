// Convolution as implicit GEMM on subgroup matrices: rows are output positions, columns output channels of a group, and the
// sum runs as `conv-steps.ts` says.

import { convGeometry, type Value } from '@trtx/ir';
import { type Emitter, packHalves } from '../emitter.ts';
import { liesInRuns } from '../group/view.ts';
import { defineKernel, type FormattedProblem, type Kernel } from '../kernel.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { packable } from './contraction.ts';
import { CHANNELS, sizeOf } from './conv.ts';
import { convFinishing } from './conv-finish.ts';
import { stepsOf } from './conv-steps.ts';
import { packWeights } from './conv-weights.ts';
import { areWhole, channelFormats, convWindows, type WindowVector, windowReader } from './conv-window.ts';
import { emitMatrix } from './matrix.ts';
import type { HalfSources } from './matrix-problem.ts';
import { EIGHT, type MatrixSize, type MatrixTile, matricesOf, matrixCost, matrixTiles } from './matrix-tiles.ts';

export const convMatrix: Kernel = defineKernel<MatrixTile>({
  id: 'conv.matrix',
  version: 5,
  summary:
    'convolution as implicit GEMM on subgroup matrices, float16 operands through workgroup memory, sums in float32',
  ops: ['Conv'],
  formats({ group }) {
    const { inputChannels, groups } = convGeometry(group.anchor!.view());
    return channelFormats(group.anchor!.inputs[0]!, inputChannels / groups, EIGHT);
  },
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
  emit: (e, problem, tile) =>
    emitMatrix(e, tile, {
      ...convFinishing(e, problem, tile.n, EIGHT),
      size: matrixSize(problem),
      sources: (stage, slice) => sourcesOf(stage, problem, tile, slice),
    }),
});

function matrixSize(problem: FormattedProblem): MatrixSize {
  const { rows, columns, groups } = sizeOf(problem);
  const { order, depth } = stepsOf(problem, EIGHT);
  return { rows, columns, slices: groups, depth, isGathered: order === 'taps', hasWeights: true };
}

function sourcesOf(e: Emitter, problem: FormattedProblem, tile: MatrixTile, slice: Ix): HalfSources {
  const x = problem.group.anchor!.inputs[0]!;
  const steps = stepsOf(problem, EIGHT);
  const isInRuns = problem.formats.reads === 'channels-last' && liesInRuns(e.view(e.source(x)!), CHANNELS, EIGHT);
  const read = isInRuns ? e.halves(x) : undefined;
  const vector: WindowVector = { count: EIGHT, read, zeros: 'vec4<u32>()', join: packHalves };
  const windows = convWindows(e, problem, slice);
  const packed = packWeights(problem, steps, tile);
  const weights = e.packedWords(packed.constant, 'vec4<u32>');
  return {
    order: 'columns',
    a: windowReader(e, windows, steps, tile.k, vector),
    isWorkedOn: !read || !areWhole(windows, steps, tile.k),
    along: problem.formats.reads === 'channels-last' ? 'steps' : 'rows',
    b: (column) => (step) => weights(packed.vector(slice, step, ix.div(column, 8), 8)),
  };
}
