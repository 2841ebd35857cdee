// NumPy broadcasting of shapes whose dims may be symbolic.

import type { Dim } from '../dim.ts';
import type { NodeView } from '../op.ts';

/**
 * The shape that all shapes broadcast to. A symbolic dim beside a number above 1, or beside another symbolic dim, is
 * taken to be equal to it (a constraint, checked at each new shape), not 1.
 */
export function broadcast(at: NodeView, shapes: readonly (readonly Dim[])[]): Dim[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const result: Dim[] = [];
  for (let axis = 0; axis < rank; axis++) {
    let dim: Dim = 1;
    for (const shape of shapes) {
      const own = shape[axis - rank + shape.length] ?? 1;
      if (own !== 1) dim = dim === 1 ? own : at.equal(dim, own);
    }
    result.push(dim);
  }
  return result;
}
