// Convolution as implicit GEMM on the staged contraction: the sum runs over kernel taps and, within each, over the input
// channels of the group; the weights are packed in that order.

import { convGeometry, type Value } from '@trtx/ir';
import type { Emitter } from '../emitter.ts';
import { anyResult } from '../format/format.ts';
import { defineKernel, type FormattedProblem, type Kernel, type Launch } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { Operand, packable, packConstant, storeTile } from './contraction.ts';
import { placesOf, sizeOf, storeOf } from './conv.ts';
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
  const { shader } = e;
  const conv = problem.group.anchor!;
  const [x, w] = conv.inputs as [Value, Value];
  const g = convGeometry(conv.view());
  const { vectors, groups, depth } = sizeOf(problem);
  const channels = g.inputChannels / groups;
  const input = new Operand(e, x);
  const fours = problem.formats.reads === 'channels-last' ? e.vectors(x) : undefined;
  const kernel = g.axes.map((axis) => axis.kernel);
  const weights = packedWeights(e, w, tile, { vectors, groups, depth, channels, outputs: g.outputChannels / groups });
  const isWhole = depth % tile.k === 0;

  /** The address of an element of a row's window, and whether it exists. */
  const element = ([n, ...out]: readonly Ix[], step: Ix): { address: Ix; valid: boolean | string } => {
    const inside = isWhole ? step : shader.index(ix.minIx(step, depth - (fours ? 4 : 1)), 's');
    const taps = Position.linear(kernel, shader.index(ix.div(inside, channels), 'tap')).coords(shader);
    const valid: (boolean | string)[] = [isWhole || ix.less(step, depth)];
    const at = out.map((o, i) => {
      const axis = g.axes[i]!;
      const tap = ix.sub(ix.mul(taps[i]!, axis.dilation), e.size(axis.begin));
      const place = shader.index(ix.add(ix.mul(o, axis.stride), tap), 'y');
      if (axis.begin !== 0 || axis.end !== 0) valid.push(ix.less(place, e.size(axis.size)));
      return place;
    });
    const channel = ix.add(ix.mul(slice, channels), ix.mod(inside, channels));
    return { address: shader.index(input.address([n!, channel, ...at]), 'x'), valid: ix.all(valid) };
  };

  return {
    order: fours ? 'steps' : 'rows',
    a(row) {
      const [place] = placesOf(e, problem, [row]);
      if (fours)
        return (step) => {
          const { address, valid } = element(place!, step);
          return valid === true ? fours(address) : `select(vec4<f32>(), ${fours(address)}, ${valid})`;
        };
      return (step) => {
        const elements = [0, 1, 2, 3].map((i) => {
          const { address, valid } = element(place!, ix.add(step, i));
          return valid === true ? input.at(address) : `select(0.0, ${input.at(address)}, ${valid})`;
        });
        return `vec4<f32>(${elements.join(', ')})`;
      };
    },
    b: (vector) => (step) => weights(slice, step, vector),
  };
}

interface WeightSizes {
  readonly vectors: number;
  readonly groups: number;
  readonly depth: number;
  /** Of one group. */
  readonly channels: number;
  readonly outputs: number;
}

/** Weights as [group][tap][input channel][output channel], filled up with 0 to whole tiles. */
function packedWeights(e: Emitter, w: Value, tile: StagedTile, sizes: WeightSizes) {
  const { channels, outputs, groups } = sizes;
  const taps = sizes.depth / channels;
  const columns = Math.ceil(sizes.vectors / (tile.n / 4)) * tile.n;
  const steps = Math.ceil(sizes.depth / tile.k) * tile.k;
  const key = `conv${columns}x${steps}`;
  const packed = packConstant(w.name, packable(w, 'f32')!, key, groups * steps * columns, (i) => {
    const column = i % columns;
    const step = Math.floor(i / columns) % steps;
    const group = Math.floor(i / (columns * steps));
    if (column >= outputs || step >= sizes.depth) return -1;
    return ((group * outputs + column) * channels + (step % channels)) * taps + Math.floor(step / channels);
  });
  const read = e.packedVectors(packed);
  return (slice: Ix, step: Ix, vector: Ix) =>
    read(ix.add(ix.mul(ix.add(ix.mul(slice, steps), step), columns / 4), vector));
}
