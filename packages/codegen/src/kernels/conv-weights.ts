// Weights of convolutions as implicit GEMMs read them: a matrix of steps × output channels for each group.

import { convGeometry } from '@trtx/ir';
import type { Problem } from '../kernel.ts';
import type { Packed } from '../slot.ts';
import type { Ix } from '../wgsl/ix.ts';
import * as ix from '../wgsl/ix.ts';
import { packable, packConstant } from './contraction.ts';
import { type ConvSteps, weightOf } from './conv-steps.ts';

export interface PackedWeights {
  readonly constant: Packed;
  /** The number of a vector of `width` columns. */
  vector(slice: Ix, step: Ix, number: Ix, width: number): Ix;
}

/**
 * Packs constant weights as [group][step][output channel], filled up with 0.
 * @param order of the sum
 * @param tile what columns and steps are filled up to multiples of
 */
export function packWeights(
  { group }: Problem,
  order: ConvSteps,
  tile: { readonly n: number; readonly k: number },
): PackedWeights {
  const conv = group.anchor!;
  const w = conv.inputs[1]!;
  const { outputChannels, groups } = convGeometry(conv.view());
  const outputs = outputChannels / groups;
  const columns = Math.ceil(outputs / tile.n) * tile.n;
  const steps = Math.ceil(order.depth / tile.k) * tile.k;
  const each = order.channels * order.kernel;
  const key = `conv.${order.order}${columns}x${steps}`;
  let weights: number[] | undefined;
  const constant = packConstant(w.name, packable(w, 'f32')!, key, groups * steps * columns, (i) => {
    const column = i % columns;
    if (column >= outputs) return -1;
    weights ??= Array.from({ length: steps }, (_, step) => weightOf(order, step));
    const row = (i - column) / columns;
    const weight = weights[row % steps]!;
    return weight < 0 ? -1 : (Math.floor(row / steps) * outputs + column) * each + weight;
  });
  return {
    constant,
    vector: (slice, step, number, width) => ix.add(ix.mul(ix.add(ix.mul(slice, steps), step), columns / width), number),
  };
}
