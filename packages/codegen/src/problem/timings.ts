// What was measured of tactics on a device, as far as choosing takes notice of it.

import type { Tactic } from '../tactics.ts';

/** Microseconds that a tactic took, or that it cannot be taken. */
export type Timing = { readonly us: number } | { readonly failed: string };

export interface Timings {
  /** What is known of a tactic for the problem with this key. */
  of(problem: string, tactic: Tactic): Timing | undefined;
}

/** By how much of its time another tactic has to be faster than the cost model's choice: less can be noise. */
export const MARGIN = 0.03;

/** What is to cost so much more than the best, a tactic or the formats of a group, is not timed. */
export const HOPELESS = 2.5;

/** What beats the cost model's choice, given what that takes. */
export function beats(time: number, chosen: number): boolean {
  return time < chosen * (1 - MARGIN);
}

/**
 * Tactics in the order in which they should be taken: those that were timed, the fastest first, then the others by cost. The
 * cheapest by cost stays before those that hardly beat it. Without those that failed, unless all did.
 *
 * @param tactics cheapest first
 */
export function byTime(tactics: readonly Tactic[], problem: string, timings: Timings): readonly Tactic[] {
  const timed: (Tactic & { readonly us: number })[] = [];
  const others: Tactic[] = [];
  for (const tactic of tactics) {
    const known = timings.of(problem, tactic);
    if (!known) others.push(tactic);
    else if ('us' in known) timed.push({ ...tactic, us: known.us });
  }
  if (timed.length === 0) return others.length > 0 ? others : tactics;
  const [cheapest] = timed as [(typeof timed)[number]];
  const isChoice = !(others[0] && others[0].cost < cheapest.cost);
  timed.sort((a, b) => a.us - b.us);
  if (isChoice && !beats(timed[0]!.us, cheapest.us))
    return [cheapest, ...timed.filter((tactic) => tactic !== cheapest), ...others];
  return [...timed, ...others];
}
