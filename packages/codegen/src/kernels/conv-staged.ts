// Convolution as implicit GEMM on the staged contraction: the sum runs over kernel taps and, within each, over the input
// channels of the group; the weights are packed in that order.

import { convGeometry, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { anyResult } from '../format/format.ts';
import { defineKernel, type FormattedProblem, type Kernel, type Launch } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Operand, packable, storeTile } from './contraction.ts';
import { placesOf, sizeOf, storeOf } from './conv.ts';
import { packWeights } from './conv-weights.ts';
import { windowsOf } from './conv-window.ts';
import { emitStaged, type Sources, type StagedTile, stagedCost, stagedLaunch, stagedTiles } from './staged.ts';

export const convStaged: Kernel = defineKernel<StagedTile>({
  id: 'conv.staged',
  version: 1,
  summary:
    'convolution as implicit GEMM, both operands through workgroup memory, four neighbouring channels read at once',
  ops: ['Conv'],
  formats({ group }) {
    const { inputChannels, groups } = convGeometry(group.anchor!.view());
    return anyResult((inputChannels / groups) % 4 === 0 ? 'channels-last' : 'row-major', [group.anchor!.inputs[0]!]);
  },
  applies({ group }) {
    const w = group.anchor!.inputs[1]!;
    return computeOf(group.accumulated.type.dtype) === 'f32' && packable(w, 'f32') !== undefined;
  },
  params: ({ target }) => stagedTiles(target),
  cost(problem, tile) {
    const { rows, vectors, groups, depth } = sizeOf(problem);
    return stagedCost(tile, rows, vectors, groups, depth);
  },
  emit: emitConv,
});

function emitConv(e: Emitter, problem: FormattedProblem, tile: StagedTile): Launch {
  const { rows, vectors, groups, depth } = sizeOf(problem);
  const bias = problem.group.anchor!.inputs[2];
  emitStaged(
    e,
    tile,
    { rows, vectors, slices: groups, depth },
    (slice) => sourcesOf(e, problem, tile, slice),
    (place, sums) => {
      const coords = placesOf(e, problem, place.rows);
      const store = storeOf(e, problem, place, coords, bias, 'f32', { first: place.first, columns: tile.n });
      storeTile(e, sums, store, problem.target.software);
    },
  );
  return stagedLaunch(tile, rows, vectors, groups);
}

function sourcesOf(e: Emitter, problem: FormattedProblem, tile: StagedTile, slice: Ix): Sources {
  const conv = problem.group.anchor!;
  const [x, w] = conv.inputs as [Value, Value];
  const g = convGeometry(conv.view());
  const { groups, depth } = sizeOf(problem);
  const channels = g.inputChannels / groups;
  const input = new Operand(e, x);
  const fours = problem.formats.reads === 'channels-last' ? e.vectors(x) : undefined;
  const outputs = g.outputChannels / groups;
  const packed = packWeights(w, { groups, channels, outputs, depth, columns: tile.n, steps: tile.k });
  const weights = e.packedVectors(packed.constant);

  const element = windowsOf(e, problem, slice, tile.k);

  return {
    order: fours ? 'steps' : 'rows',
    a(row) {
      const [place] = placesOf(e, problem, [row]);
      if (fours)
        return (step) => {
          const { address, valid } = element(place!, step, depth - 4);
          return valid === true ? fours(address) : `select(vec4<f32>(), ${fours(address)}, ${valid})`;
        };
      return (step) => {
        const elements = [0, 1, 2, 3].map((i) => {
          const { address, valid } = element(place!, ix.add(step, i), depth - 1);
          return valid === true ? input.at(address) : `select(0.0, ${input.at(address)}, ${valid})`;
        });
        return `vec4<f32>(${elements.join(', ')})`;
      };
    },
    b: (vector) => (step) =>
      weights(ix.add(ix.mul(ix.add(ix.mul(slice, packed.steps), step), packed.columns / 4), vector)),
  };
}
