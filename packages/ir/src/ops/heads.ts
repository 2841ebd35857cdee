// Operands that hold several heads: [batch, heads, length, size], or packed as [batch, length, heads · size].

import type { Dim } from '../dim.ts';
import type { NodeView } from '../op.ts';

export interface Heads {
  readonly batch: Dim;
  readonly heads: number;
  readonly length: Dim;
  /** Elements of one head. */
  readonly size: number;
  readonly packed: boolean;
}

/**
 * Reads the dims of an input; `heads` tells how many there are where it is packed.
 * @throws TrtxError SHAPE for another rank, a dynamic number or size of heads, or a width that the heads do not divide
 */
export function headsOf(at: NodeView, index: number, heads: number | undefined): Heads {
  const { shape } = at.input(index);
  if (shape.length === 4) {
    const [batch, own, length, size] = shape as [Dim, Dim, Dim, Dim];
    if (heads !== undefined) at.equal(own, heads);
    return { batch, heads: known(at, index, own), length, size: known(at, index, size), packed: false };
  }
  if (shape.length !== 3) throw at.fail(`input ${index} of rank ${shape.length} where 3 or 4 belongs`);
  const [batch, length, width] = shape as [Dim, Dim, Dim];
  if (!heads) throw at.fail('the number of heads is missing', 'Inputs of rank 3 need it as an attribute.');
  const size = known(at, index, width) / heads;
  if (!Number.isInteger(size)) throw at.fail(`input ${index} of width ${width} in ${heads} heads`);
  return { batch, heads, length, size, packed: true };
}

/** The shape of a tensor of heads, packed or not. */
export function headsShape({ batch, heads, length, size, packed }: Heads): Dim[] {
  return packed ? [batch, length, heads * size] : [batch, heads, length, size];
}

function known(at: NodeView, index: number, dim: Dim): number {
  if (typeof dim !== 'number') throw at.fail(`input ${index} has heads of the dynamic size or number ${dim}`);
  return dim;
}
