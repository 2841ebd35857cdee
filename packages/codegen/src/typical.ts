// Sizes to plan for where they are dynamic.

import { bounds, type Dim } from '@trtx/ir';

/** The geometric middle of a size's range, which may be wide. */
export function typical(dim: Dim): number {
  if (typeof dim === 'number') return dim;
  const { min, max } = bounds(dim);
  return Math.sqrt(Math.max(min, 1) * Math.max(max, 1));
}
