// What was measured of tactics on a device, as far as choosing takes notice of it.

import type { Tactic } from '../tactics.ts';

/** Microseconds that a tactic took, or that it cannot be taken. */
export type Timing = { readonly us: number } | { readonly failed: string };

export interface Timings {
  /** What is known of a tactic for the problem with this key. */
  of(problem: string, tactic: Tactic): Timing | undefined;
}

/**
 * Tactics in the order in which they should be taken: those that were timed, the fastest first, then the others by cost.
 * Without those that failed, unless all did.
 */
export function byTime(tactics: readonly Tactic[], problem: string, timings: Timings): readonly Tactic[] {
  const timed: (Tactic & { readonly us: number })[] = [];
  const others: Tactic[] = [];
  for (const tactic of tactics) {
    const known = timings.of(problem, tactic);
    if (!known) others.push(tactic);
    else if ('us' in known) timed.push({ ...tactic, us: known.us });
  }
  const ranked = [...timed.sort((a, b) => a.us - b.us), ...others];
  return ranked.length > 0 ? ranked : tactics;
}
