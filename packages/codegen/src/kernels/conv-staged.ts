// Convolution as implicit GEMM on the staged contraction: the sum runs as `conv-steps.ts` says, and the weights are packed in
// that order.

import { convGeometry } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type FormattedProblem, type Kernel, type Launch } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import { packable, storeRuns, storeTile } from './contraction.ts';
import { CHANNELS, placesOf, sizeOf, storeOf } from './conv.ts';
import { stepsOf } from './conv-steps.ts';
import { packWeights } from './conv-weights.ts';
import { channelFormats, windowsOf } from './conv-window.ts';
import { emitStaged, type Sources, type StagedTile, stagedCost, stagedLaunch, stagedTiles } from './staged.ts';

export const convStaged: Kernel = defineKernel<StagedTile>({
  id: 'conv.staged',
  version: 4,
  summary:
    'convolution as implicit GEMM, both operands through workgroup memory, four neighbouring channels read at once',
  ops: ['Conv'],
  formats: (problem) => channelFormats(problem, 4),
  applies({ group }) {
    const w = group.anchor!.inputs[1]!;
    return computeOf(group.accumulated.type.dtype) === 'f32' && packable(w, 'f32') !== undefined;
  },
  params: ({ target }) => stagedTiles(target),
  cost(problem, tile) {
    const { rows, vectors, groups } = sizeOf(problem);
    return stagedCost(tile, rows, vectors, groups, stepsOf(problem, 4).depth);
  },
  emit: emitConv,
});

function emitConv(e: Emitter, problem: FormattedProblem, tile: StagedTile): Launch {
  const { rows, vectors, groups } = sizeOf(problem);
  const { depth } = stepsOf(problem, 4);
  const conv = problem.group.anchor!;
  const bias = conv.inputs[2];
  const isVectors = (convGeometry(conv.view()).outputChannels / groups) % 4 === 0;
  const inRuns = problem.formats.writes === 'channels-last' && isVectors && e.storesRuns(CHANNELS, 4);
  emitStaged(
    e,
    tile,
    { rows, vectors, slices: groups, depth },
    (slice) => sourcesOf(e, problem, tile, slice),
    (place, sums) => {
      const coords = placesOf(e, problem, place.rows);
      const store = storeOf(e, problem, place, coords, bias, 'f32', { first: place.first, columns: tile.n });
      if (inRuns) storeRuns(e, sums, store, CHANNELS);
      else storeTile(e, sums, store, problem.target.software);
    },
  );
  return stagedLaunch(tile, rows, vectors, groups);
}

function sourcesOf(e: Emitter, problem: FormattedProblem, tile: StagedTile, slice: Ix): Sources {
  const x = problem.group.anchor!.inputs[0]!;
  const steps = stepsOf(problem, 4);
  const read = problem.formats.reads === 'channels-last' ? e.vectors(x) : undefined;
  const windows = windowsOf(e, problem, slice, steps, tile.k, {
    count: 4,
    read,
    zeros: 'vec4<f32>()',
    join: (elements: readonly string[]) => `vec4<f32>(${elements.join(', ')})`,
  });
  const packed = packWeights(problem, steps, tile);
  const weights = e.packedVectors(packed.constant);
  return {
    order: read ? 'steps' : 'rows',
    a: windows,
    b: (vector) => (step) => weights(packed.vector(slice, step, vector, 4)),
  };
}
