// Transposed convolution on the staged contraction, as plain convolutions, one for each phase of the stride: nothing is
// scattered, and no zeros are multiplied that lie between inputs. Phases with the same windows are columns of one product, so
// that a workgroup reads the input for all of them once.

import { mul } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { defineKernel, type FormattedProblem, type Kernel, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { finishAll, finisher, packable, packConstant, runFinisher, type TileStore } from './contraction.ts';
import { CHANNELS } from './conv.ts';
import { type Phases, phaseAt, phasesOf, phaseWindows, placeInPhase, tapOf } from './conv-phases.ts';
import { weightOf } from './conv-steps.ts';
import { storeOf } from './conv-transpose.ts';
import { areWhole, channelFormats, inFours, windowReader } from './conv-window.ts';
import { emitStaged, type Sources } from './staged.ts';
import { type StagedSize, type StagedTile, stagedCost, stagedTiles } from './staged-tiles.ts';
import type { Finishing } from './sums.ts';

export const convTransposeStaged: Kernel = defineKernel<StagedTile>({
  id: 'conv-transpose.staged',
  version: 1,
  summary:
    'transposed convolution as implicit GEMM, one for each phase of the stride, both operands through workgroup memory',
  ops: ['ConvTranspose'],
  formats: (problem) => channelFormats(problem.group.anchor!.inputs[0]!, phasesOf(problem)!.inputs, 4),
  applies(problem) {
    const { accumulated, anchor } = problem.group;
    const isPacked = packable(anchor!.inputs[1]!, 'f32') !== undefined;
    return computeOf(accumulated.type.dtype) === 'f32' && isPacked && phasesOf(problem) !== undefined;
  },
  params: (problem) => stagedTiles(problem.target, stagedSize(problem)),
  cost: (problem, tile) => stagedCost(tile, stagedSize(problem)),
  emit: (e, problem, tile) =>
    emitStaged(e, tile, {
      ...finishing(e, problem, tile),
      size: stagedSize(problem),
      sources: (stage, slice) => sourcesOf(stage, problem, tile, slice),
    }),
});

function stagedSize(problem: FormattedProblem): StagedSize {
  const phases = phasesOf(problem)!;
  const { rows, groups, steps } = phases;
  return {
    rows,
    columns: columnsOf(phases),
    slices: phases.isJoined ? groups : mul(groups, phases.count),
    depth: steps.depth,
    isGathered: steps.order === 'taps' || problem.formats.reads !== 'channels-last',
  };
}

function columnsOf({ outputs, count, isJoined }: Phases): number {
  return isJoined ? outputs * count : outputs;
}

function sourcesOf(e: Emitter, problem: FormattedProblem, tile: StagedTile, slice: Ix): Sources {
  const phases = phasesOf(problem)!;
  const read = problem.formats.reads === 'channels-last' ? e.vectors(problem.group.anchor!.inputs[0]!) : undefined;
  const windows = phaseWindows(e, problem, phases, slice);
  return {
    order: read ? 'steps' : 'rows',
    isWorkedOn: !read || !areWhole(windows, phases.steps, tile.k),
    a: windowReader(e, windows, phases.steps, tile.k, inFours(read)),
    b: weightsOf(e, problem, phases, tile, slice),
  };
}

/** Reads weights packed as [group][step][phase][output channel], or [group][phase][step][output channel]; filled up with 0. */
function weightsOf(e: Emitter, problem: Problem, phases: Phases, tile: StagedTile, slice: Ix): Sources['b'] {
  const w = problem.group.anchor!.inputs[1]!;
  const { axes, groups, inputs, outputs, count, isJoined, steps: order } = phases;
  const all = columnsOf(phases);
  const columns = Math.ceil(all / tile.n) * tile.n;
  const steps = Math.ceil(order.depth / tile.k) * tile.k;
  const products = isJoined ? groups : groups * count;
  const taps = axes.reduce((n, { kernel }) => n * kernel, 1);
  const table = Array.from({ length: count }, (_, phase) =>
    Array.from({ length: order.kernel }, (_, tap) => tapOf(phases, phase, tap)),
  );
  const sides = axes.map(({ stride, begin }) => `${stride}+${begin % stride}`);
  const key = `conv-transpose.${order.order}${sides},${products}x${columns}x${steps}`;
  const packed = packConstant(w.name, packable(w, 'f32')!, key, products * steps * columns, (i) => {
    const column = i % columns;
    const product = Math.floor(i / (columns * steps));
    const weight = column < all ? weightOf(order, Math.floor(i / columns) % steps) : -1;
    if (weight < 0) return -1;
    const phase = isJoined ? Math.floor(column / outputs) : product % count;
    const tap = table[phase]![weight % order.kernel]!;
    const group = isJoined ? product : Math.floor(product / count);
    // The source is [input channel][output channel][tap].
    const input = group * inputs + Math.floor(weight / order.kernel);
    return tap < 0 ? -1 : (input * outputs + (column % outputs)) * taps + tap;
  });
  const read = e.packedVectors(packed);
  const vectors = columns / 4;
  return (vector) => (step) => read(ix.add(ix.mul(ix.add(ix.mul(slice, steps), step), vectors), vector));
}

function finishing(e: Emitter, problem: FormattedProblem, tile: StagedTile): Finishing {
  const phases = phasesOf(problem)!;
  const isLast = problem.formats.writes === 'channels-last';
  const width = isLast && phases.outputs % 4 === 0 && e.storesRuns(CHANNELS, 4) ? 4 : 1;
  return {
    finish: { order: isLast ? 'columns' : 'rows', width },
    finisher(stage, slice) {
      const { shader } = stage;
      const { group, phase } = phaseAt(stage, phases, slice);
      const store = joinedStore(stage, phases, group, storeOf(stage, problem, group, phases.rows, tile.n));
      const finish = width === 1 ? finisher(stage, store) : runFinisher(stage, store, CHANNELS, width);
      return (sums, row, column) => {
        const [n, ...place] = placeInPhase(stage, phases, row) as [Ix, ...Ix[]];
        const out = place.map((at, i) => shader.index(ix.add(ix.mul(at, phases.strides[i]!), phase[i]!), 'o'));
        const coords = [row, n, ...out];
        shader.when(store.inside(coords), () => finishAll(finish, width, sums, coords, column));
      };
    },
  };
}

/** As a store of one phase, of all of them where they are joined: a row is then a place of the first one. */
function joinedStore({ shader }: Emitter, phases: Phases, group: Ix, store: TileStore): TileStore {
  if (!phases.isJoined) return store;
  const { strides, outputs } = phases;
  return {
    ...store,
    count: columnsOf(phases),
    element([, n, ...out], column) {
      const phase = Position.linear(strides, shader.index(ix.div(column, outputs), 'p')).coords(shader);
      const channel = ix.add(ix.mul(group, outputs), ix.mod(column, outputs));
      return [n!, channel, ...out.map((o, i) => ix.add(o, phase[i]!))];
    },
  };
}
