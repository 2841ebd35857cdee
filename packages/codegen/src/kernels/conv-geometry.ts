// The geometry of a convolution that is to be computed.

import { convGeometry } from '@trtx/ir';
import type { Problem } from '../kernel.ts';

type Geometry = ReturnType<typeof convGeometry>;

const KNOWN = new WeakMap<Problem, Geometry>();

/** Found once for a problem: the cost of each of its tactics asks for it. */
export function geometryOf(problem: Problem): Geometry {
  const known = KNOWN.get(problem) ?? convGeometry(problem.group.anchor!.view());
  KNOWN.set(problem, known);
  return known;
}
