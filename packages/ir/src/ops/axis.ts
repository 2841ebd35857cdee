// Axes as attributes and operands give them: negative ones count from the end.

import type { Dim } from '../dim.ts';
import type { NodeView } from '../op.ts';

/** A possibly negative axis as a number in [0, rank). */
export function normalizeAxis(at: NodeView, axis: Dim, rank: number): number {
  if (typeof axis !== 'number') throw at.fail(`an axis that depends on the input's shape: ${axis}`);
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw at.fail(`axis ${axis} of a tensor of rank ${rank}`);
  return axis < 0 ? axis + rank : axis;
}
