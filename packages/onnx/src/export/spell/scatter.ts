// Caches that are written into.

import type { Node, Value } from '@trtx/ir';
import { castTo } from '../../normalize/steps.ts';
import { counting, size, unsqueezed } from './pieces.ts';
import { type ExportEmitter, given, positive, spelling } from './spelling.ts';

export const scatterSpellings = [spelling('TensorScatter', 24, elements)];

/** ScatterElements along the sequence axis, with the same positions for all that is at one place of the update. */
function elements(node: Node, emit: ExportEmitter): readonly Value[] {
  const at = node.view();
  const [cache, update] = [given(node, 0), given(node, 1)];
  const rank = cache.type.shape.length;
  const [axis] = positive([at.int('axis')], rank) as [number];
  const inner = Array.from({ length: rank - axis - 1 }, (_, i) => i + 1);
  const places = unsqueezed(counting(size(update, axis, emit), emit), inner, emit);
  const start = node.inputs[2];
  let indices = places;
  if (start) {
    const others = Array.from({ length: rank - 1 }, (_, i) => i + 1);
    indices = emit.node('Add', [unsqueezed(castTo(start, 'int64', emit), others, emit), places]);
    if (at.string('mode') === 'circular') indices = emit.node('Mod', [indices, size(cache, axis, emit)]);
  }
  const everywhere = emit.node('Expand', [indices, emit.node('Shape', [update])]);
  return [emit.node('ScatterElements', [cache, everywhere, update], { axis })];
}
