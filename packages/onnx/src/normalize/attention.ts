// Attention.

import type { Emitter, LegacyNode } from './node.ts';
import { step } from './steps.ts';

export const attentionSteps = [step('Attention', 24, broadcastMask)];

/** Since opset 24 a mask that is too short hides the keys that it lacks; before, one number stood for all keys. */
function broadcastMask(node: LegacyNode, emit: Emitter): void {
  const [, keys, , mask, past] = node.inputs;
  if (!keys || !mask || mask.type.shape.at(-1) !== 1) return;
  const length = (value: typeof keys) => emit.node('Shape', [value], { start: -2, end: -1 });
  const total = past ? emit.node('Add', [length(past), length(keys)]) : length(keys);
  node.inputs[3] = emit.node('Expand', [mask, total]);
}
