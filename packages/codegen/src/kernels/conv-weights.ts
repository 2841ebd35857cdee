// Weights of convolutions as implicit GEMMs read them: a matrix of steps × output channels for each group.

import type { Value } from '@trtx/ir';
import type { Packed } from '../emitter.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { packable, packConstant } from './contraction.ts';
import { type ConvSteps, weightOf } from './conv-steps.ts';

export interface WeightSizes {
  readonly groups: number;
  /** Output channels of one group, and taps of the kernel. */
  readonly outputs: number;
  readonly taps: number;
  /** The order of the sum. */
  readonly order: ConvSteps;
  /** What columns and steps are filled up to multiples of. */
  readonly columns: number;
  readonly steps: number;
}

export interface PackedWeights {
  readonly constant: Packed;
  /** The number of a vector of `width` columns. */
  vector(slice: Ix, step: Ix, number: Ix, width: number): Ix;
}

/** Packs constant weights as [group][step][output channel], filled up with 0. */
export function packWeights(w: Value, sizes: WeightSizes): PackedWeights {
  const { groups, outputs, taps, order } = sizes;
  const columns = Math.ceil(outputs / sizes.columns) * sizes.columns;
  const steps = Math.ceil(order.depth / sizes.steps) * sizes.steps;
  const key = `conv.${order.order}${columns}x${steps}`;
  const constant = packConstant(w.name, packable(w, 'f32')!, key, groups * steps * columns, (i) => {
    const column = i % columns;
    const step = Math.floor(i / columns) % steps;
    const group = Math.floor(i / (columns * steps));
    const weight = column < outputs ? weightOf(order, step, taps) : -1;
    return weight < 0 ? -1 : (group * outputs + column) * order.channels * taps + weight;
  });
  return {
    constant,
    vector: (slice, step, number, width) => ix.add(ix.mul(ix.add(ix.mul(slice, steps), step), columns / width), number),
  };
}
