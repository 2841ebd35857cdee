// Weights of convolutions as implicit GEMMs read them: a matrix of steps × output channels for each group.

import type { Value } from '@trtx/ir';
import type { Packed } from '../emitter.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { packable, packConstant } from './contraction.ts';

export interface WeightSizes {
  readonly groups: number;
  /** Input and output channels of one group. */
  readonly channels: number;
  readonly outputs: number;
  /** Steps of the sum. */
  readonly depth: number;
  /** What columns and steps are filled up to multiples of. */
  readonly columns: number;
  readonly steps: number;
}

export interface PackedWeights {
  readonly constant: Packed;
  /** The number of a vector of `width` columns. */
  vector(slice: Ix, step: Ix, number: Ix, width: number): Ix;
}

/** Packs constant weights as [group][tap][input channel][output channel], filled up with 0. */
export function packWeights(w: Value, sizes: WeightSizes): PackedWeights {
  const { groups, channels, outputs, depth } = sizes;
  const taps = depth / channels;
  const columns = Math.ceil(outputs / sizes.columns) * sizes.columns;
  const steps = Math.ceil(depth / sizes.steps) * sizes.steps;
  const key = `conv${columns}x${steps}`;
  const constant = packConstant(w.name, packable(w, 'f32')!, key, groups * steps * columns, (i) => {
    const column = i % columns;
    const step = Math.floor(i / columns) % steps;
    const group = Math.floor(i / (columns * steps));
    if (column >= outputs || step >= depth) return -1;
    return ((group * outputs + column) * channels + (step % channels)) * taps + Math.floor(step / channels);
  });
  return {
    constant,
    vector: (slice, step, number, width) => ix.add(ix.mul(ix.add(ix.mul(slice, steps), step), columns / width), number),
  };
}
