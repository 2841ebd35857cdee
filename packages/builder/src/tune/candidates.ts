// Which tactics of a problem are timed: the cost model's best, but some of every kernel.

import type { Tactic } from '@trtx/codegen';

const MOST = 16;
/** A kernel whose best tactic is to cost so much more than the best of all is not tried. */
const HOPELESS = 10;

/** The best of each kernel, then those with the least cost, up to so many. @param tactics cheapest first */
export function candidatesOf(tactics: readonly Tactic[], most = MOST): Tactic[] {
  const byCost = [...tactics].sort((a, b) => a.cost - b.cost);
  const limit = (byCost[0]?.cost ?? 0) * HOPELESS;
  const firsts = new Map<string, Tactic>();
  for (const tactic of byCost)
    if (!firsts.has(tactic.kernel.id) && tactic.cost <= limit) firsts.set(tactic.kernel.id, tactic);
  const taken = new Set([...firsts.values()].slice(0, most));
  for (const tactic of byCost) {
    if (taken.size >= most) break;
    taken.add(tactic);
  }
  return byCost.filter((tactic) => taken.has(tactic));
}
