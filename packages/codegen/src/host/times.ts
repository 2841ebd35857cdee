// What it takes to compute a node, or to bring a value from one side to the other, in microseconds: about, as a browser on a
// desktop has it. Where sizes are dynamic, typical ones count.

import { flopsOf, type Node, traitOf, type Value } from '@trtx/ir';
import { isPick } from '../legalize/picks.ts';
import { atTypicalSizes, typical } from '../typical.ts';

/** The host waits until the GPU has done all that it was given, and has copied the elements to where the host sees them. */
const WAIT = 1000;
/** A write to a buffer ends what was recorded before it. */
const WRITE = 60;
/** To record a dispatch and begin it. */
const DISPATCH = 10;
/** A running count, a scatter and what is around them. */
const PICK_DISPATCHES = 4;
/** To call a function of the host and look at what it gives. */
const CALL = 15;
/** Of elements, four bytes each. */
const READ_ELEMENT = 0.001;
const WRITE_ELEMENT = 0.002;
const HOST_ELEMENT = 0.005;
const HOST_FLOP = 0.002;

/** What takes longer is the GPU's. */
export const MOST_HOST_TIME = 2000;

export function hostTime(node: Node): number {
  const { kind } = traitOf(node.op, node.view());
  const given = node.outputs.reduce((sum, value) => sum + countOf(value), 0);
  // Of what it picks from it reads no more than it gives.
  const read = kind === 'injective' ? 0 : node.inputs.reduce((sum, value) => sum + (value ? countOf(value) : 0), 0);
  return CALL + HOST_ELEMENT * (read + given) + HOST_FLOP * atTypicalSizes(flopsOf(node) ?? 0);
}

export function gpuTime(node: Node): number {
  // How many it picks, the host is told.
  return isPick(node) ? WAIT + PICK_DISPATCHES * DISPATCH : DISPATCH;
}

export function readTime(elements: number): number {
  return WAIT + READ_ELEMENT * elements;
}

export function writeTime(elements: number): number {
  return WRITE + WRITE_ELEMENT * elements;
}

export function countOf({ type }: Value): number {
  return type.shape.reduce<number>((count, dim) => count * typical(dim), 1);
}
