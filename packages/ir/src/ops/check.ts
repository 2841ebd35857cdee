// Checks of operands that several families make.

import type { Dim } from '../dim.ts';
import type { NodeView } from '../op.ts';

/**
 * An input must have this shape; one that is absent passes.
 * @throws TrtxError SHAPE naming the input
 */
export function checkShape(at: NodeView, index: number, belongs: readonly Dim[]): void {
  const shape = at.inputs[index]?.shape;
  if (!shape) return;
  if (shape.length !== belongs.length) throw at.fail(`input ${index} of [${shape}] where [${belongs}] belongs`);
  shape.forEach((dim, axis) => {
    at.equal(dim, belongs[axis]!);
  });
}
