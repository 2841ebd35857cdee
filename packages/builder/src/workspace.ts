// A limit for the memory of intermediate tensors, and of what the stages of a tactic leave to each other: both lie in the
// arenas, and reports name the latter after what it is a sum of, `y.scratch`.

import { dispatchesOf, type Plan } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';

/** Tensors that the error names. */
const TOLD = 5;

/**
 * Fails where a plan's arenas are larger than `bytes`. Contexts have an arena each.
 * @throws TrtxError WORKSPACE with the dispatch during which the most is held, and the largest tensors then
 */
export function requireWorkspace({ buffers, steps, work }: Plan, bytes: number): void {
  const arenas = buffers.filter(({ kind }) => kind === 'arena');
  const total = arenas.reduce((sum, arena) => sum + arena.bytes, 0);
  if (total <= bytes) return;
  const memory = work?.memory ?? [];
  const heldAt = (dispatch: number) => memory.filter(({ first, last }) => first <= dispatch && dispatch <= last);
  const dispatches = [...dispatchesOf(steps)];
  const sums = dispatches.map((_, i) => heldAt(i).reduce((sum, held) => sum + held.bytes, 0));
  const peak = Math.max(...sums);
  const at = sums.indexOf(peak);
  const held = heldAt(at).sort((a, b) => b.bytes - a.bytes);
  throw new TrtxError('WORKSPACE', `intermediate tensors need ${total} bytes, of which ${peak} at once, not ${bytes}`, {
    node: dispatches[at]?.nodes.join(', '),
    tensor: held[0]?.name,
    kernel: dispatches[at]?.label,
    details: held.slice(0, TOLD).map((one) => `${one.name}: ${one.bytes} bytes`),
    hint: 'Allow more, build for smaller shapes, or work in float16.',
  });
}
