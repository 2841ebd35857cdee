// Whether a timer can be believed. GPU clocks may be rounded for privacy, may be reset between passes, and may stand still.
import type { Interval } from './timestamps.ts';

/** Steps from which on a timer is called coarse. */
const COARSE_NS = 10_000;
/** Fewer timestamps than these may have a common divisor by chance. */
const ENOUGH = 8;

export interface TimerQuality {
  readonly intervals: number;
  /** Of these, how many end before they begin. */
  readonly backwards: number;
  /** Nanoseconds that the timer counts in, where it does so in steps of 10 µs or more. */
  readonly step?: number;
  /** Whether no interval has a length. */
  readonly still: boolean;
}

export function qualityOf(intervals: readonly Interval[]): TimerQuality {
  const backwards = intervals.filter(({ begin, end }) => end < begin).length;
  const still = intervals.length > 0 && intervals.every(({ begin, end }) => begin === end);
  const times = intervals.flatMap(({ begin, end }) => [begin, end]);
  const step = times.length < ENOUGH ? 0 : Number(times.reduce(divisor, 0n));
  return { intervals: intervals.length, backwards, still, ...(step >= COARSE_NS && !still ? { step } : {}) };
}

/** The greatest common divisor. */
function divisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Milliseconds that something took; undefined where its timer went backwards. */
export function milliseconds({ begin, end }: Interval): number | undefined {
  return end < begin ? undefined : Number(end - begin) / 1e6;
}
