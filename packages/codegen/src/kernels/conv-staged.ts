// Convolution as implicit GEMM on the staged contraction: the sum runs as `conv-steps.ts` says, and the weights are packed in
// that order.

import { convGeometry } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type FormattedProblem, type Kernel } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import { packable } from './contraction.ts';
import { sizeOf } from './conv.ts';
import { convFinishing } from './conv-finish.ts';
import { stepsOf } from './conv-steps.ts';
import { packWeights } from './conv-weights.ts';
import { areWhole, channelFormats, convWindows, inFours, windowReader } from './conv-window.ts';
import { emitStaged, type Sources } from './staged.ts';
import { type StagedSize, type StagedTile, stagedCost, stagedTiles } from './staged-tiles.ts';

export const convStaged: Kernel = defineKernel<StagedTile>({
  id: 'conv.staged',
  version: 6,
  summary:
    'convolution as implicit GEMM, both operands through workgroup memory, four neighbouring channels read at once',
  ops: ['Conv'],
  formats({ group }) {
    const { inputChannels, groups } = convGeometry(group.anchor!.view());
    return channelFormats(group.anchor!.inputs[0]!, inputChannels / groups, 4);
  },
  applies({ group }) {
    const w = group.anchor!.inputs[1]!;
    return computeOf(group.accumulated.type.dtype) === 'f32' && packable(w, 'f32') !== undefined;
  },
  params: (problem) => stagedTiles(problem.target, stagedSize(problem)),
  cost: (problem, tile) => stagedCost(tile, stagedSize(problem)),
  emit: (e, problem, tile) =>
    emitStaged(e, tile, {
      ...convFinishing(e, problem, tile.n, 4),
      size: stagedSize(problem),
      sources: (stage, slice) => sourcesOf(stage, problem, tile, slice),
    }),
});

function stagedSize(problem: FormattedProblem): StagedSize {
  const { rows, columns, groups } = sizeOf(problem);
  const { order, depth } = stepsOf(problem, 4);
  return {
    rows,
    columns,
    slices: groups,
    depth,
    isGathered: order === 'taps' || problem.formats.reads !== 'channels-last',
  };
}

function sourcesOf(e: Emitter, problem: FormattedProblem, tile: StagedTile, slice: Ix): Sources {
  const x = problem.group.anchor!.inputs[0]!;
  const steps = stepsOf(problem, 4);
  const read = problem.formats.reads === 'channels-last' ? e.vectors(x) : undefined;
  const windows = convWindows(e, problem, slice);
  const packed = packWeights(problem, steps, tile);
  const weights = e.packedVectors(packed.constant);
  return {
    order: read ? 'steps' : 'rows',
    isWorkedOn: !read || !areWhole(windows, steps, tile.k),
    a: windowReader(e, windows, steps, tile.k, inFours(read)),
    b: (vector) => (step) => weights(packed.vector(slice, step, vector, 4)),
  };
}
