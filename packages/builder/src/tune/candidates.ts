// Which tactics of a problem are timed: the cost model's best, and the best of every kernel that may come near.

import { HOPELESS, type Tactic } from '@trtx/codegen';

const MOST = 10;

/** The best of each kernel, then those with the least cost, up to so many, cheapest first. */
export function candidatesOf(tactics: readonly Tactic[], most = MOST): Tactic[] {
  const limit = Math.min(...tactics.map(({ cost }) => cost)) * HOPELESS;
  const near = tactics.filter(({ cost }) => cost <= limit).sort((a, b) => a.cost - b.cost);
  const firsts = new Map<string, Tactic>();
  for (const tactic of near) if (!firsts.has(tactic.kernel.id)) firsts.set(tactic.kernel.id, tactic);
  const taken = new Set([...firsts.values()].slice(0, most));
  for (const tactic of near) {
    if (taken.size >= most) break;
    taken.add(tactic);
  }
  return near.filter((tactic) => taken.has(tactic));
}
