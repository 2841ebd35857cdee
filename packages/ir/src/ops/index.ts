// The op definitions of the default ONNX domain, by family.

import { OpRegistry } from '../op.ts';
import { convOps } from './conv.ts';
import { movementOps } from './movement.ts';
import { integerOps, pointwiseOps } from './pointwise.ts';

export { broadcast } from './broadcast.ts';
export * from './conv.ts';
export { normalizeAxis } from './movement.ts';
export { definePointwise } from './pointwise.ts';
export * from './window.ts';

/** Every op that this version of @trtx defines. */
export const standardOps = new OpRegistry([...pointwiseOps, ...integerOps, ...movementOps, ...convOps]);
