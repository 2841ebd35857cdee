// Which of several tactics is the fastest: all are warmed up one by one, then measured in rounds, each round beginning with
// another, so that what the device does meanwhile meets all alike. Those that are far behind drop out, and after each of the
// first rounds the slower half, until it is certain who leads or no time is left.
//
// Successive halving: Karnin, Koren, Somekh, "Almost optimal exploration in multi-armed bandits", ICML 2013.

import { isTrtxError } from '@trtx/errors';
import { statisticsOf } from '@trtx/profiler';
import type { TacticRecord } from './records.ts';
import type { TacticTimer } from './timer.ts';

/** Rounds after which those that are left are as good as equal. */
const MOST_ROUNDS = 15;
/** Rounds that a leader has to lead in a row. */
const STEADY = 3;
/** The time of a first dispatch tells little: this many times that of the best it may be, and so much more. */
const WARM_UP = { factor: 4, us: 100 };
/** How far behind the best one may be after the first round, and after each further one. */
const BEHIND = [2, 1.5, 1.25] as const;
/** So many stay whatever half they are in, beside the first. */
const LEAST_OPEN = 3;
/** Entries, and rounds, with which a race begun tells something: they are had past its deadline too, but not past the end. */
const LEAST = { entries: 4, rounds: 2 };
/** Dispatches of a lap at the most. */
const MOST_REPEATS = 200;

/** A tactic that competes, compiled or not. */
export interface Entry<Ready> {
  readonly compiled: Promise<Ready>;
}

export type Outcome = Omit<TacticRecord, 'version'>;

export interface RaceLimits {
  /** Milliseconds at which measuring is to end, on the clock of `now`. */
  readonly deadline: number;
  /** When it has to end, be it worth something or not. */
  readonly end: number;
  now(): number;
}

/** Whether an error is the end of the device, and so of all that is to be measured. */
export function isLoss(error: unknown): boolean {
  return isTrtxError(error) && error.code === 'DEVICE_LOST';
}

interface Runner<Ready> {
  readonly place: number;
  readonly ready: Ready;
  readonly samples: number[];
  median: number;
}

/**
 * What came out for each entry, in their order; undefined for those for which no time was left. The first, which is what would
 * be taken without times, is measured in any case, and to the end if it is not far behind.
 *
 * @param onLost told which entry ran alone when the device was lost
 * @throws TrtxError DEVICE_LOST
 */
export async function race<Ready>(
  entries: readonly Entry<Ready>[],
  timer: TacticTimer<Ready>,
  limits: RaceLimits,
  onLost: (place: number) => void = () => {},
): Promise<(Outcome | undefined)[]> {
  const failures = new Map<number, string>();
  const runners: Runner<Ready>[] = [];
  for (const [place, { compiled }] of entries.entries()) {
    if (place > 0 && limits.now() >= (place < LEAST.entries ? limits.end : limits.deadline)) break;
    try {
      const ready = await compiled;
      const [us] = await timer.measure([{ ready, repeats: 1 }]);
      runners.push({ place, ready, samples: [us!], median: us! });
    } catch (error) {
      if (isLoss(error)) {
        onLost(place);
        throw error;
      }
      failures.set(place, reasonOf(error));
    }
  }
  await measureAll(runners, timer, limits);
  return entries.map((_, place): Outcome | undefined => {
    const failed = failures.get(place);
    if (failed !== undefined) return { failed };
    const runner = runners.find((one) => one.place === place);
    return runner && outcomeOf(runner);
  });
}

async function measureAll<Ready>(all: readonly Runner<Ready>[], timer: TacticTimer<Ready>, limits: RaceLimits) {
  const best = Math.min(...all.map(({ median }) => median));
  let open = all.filter(({ median }) => median <= best * WARM_UP.factor + WARM_UP.us);
  let leader: Runner<Ready> | undefined;
  let led = 0;
  for (let round = 0; round < MOST_ROUNDS && open.length > 0; round++) {
    if (limits.now() >= (round < LEAST.rounds ? limits.end : limits.deadline)) return;
    const first = round % open.length;
    const turn = [...open.slice(first), ...open.slice(0, first)];
    const laps = turn.map(({ ready, median }) => ({ ready, repeats: repeatsFor(median, timer.leastUs) }));
    const times = await timer.measure(laps);
    turn.forEach((runner, i) => {
      // What was measured to warm up does not count.
      if (round === 0) runner.samples.length = 0;
      runner.samples.push(times[i]!);
      runner.median = statistics(runner).median;
    });
    const [ahead, ...others] = [...open].sort((a, b) => a.median - b.median) as [Runner<Ready>, ...Runner<Ready>[]];
    led = ahead === leader ? led + 1 : 1;
    leader = ahead;
    const reach = BEHIND[Math.min(round, BEHIND.length - 1)]!;
    const half = Math.max(Math.ceil(open.length / 2), LEAST_OPEN);
    const stays = (one: Runner<Ready>, i: number) =>
      one.median <= ahead.median * reach && !isApart(ahead, one) && (i < half - 1 || one.place === 0);
    open = [ahead, ...others.filter(stays)];
    if (open.length === 1 && led >= STEADY) return;
  }
}

/** Whether the slower of two is slower beyond their noise. */
function isApart<Ready>(fast: Runner<Ready>, slow: Runner<Ready>): boolean {
  if (Math.min(fast.samples.length, slow.samples.length) < 4) return false;
  return statistics(fast).percentiles.p75! < statistics(slow).percentiles.p25!;
}

function repeatsFor(us: number, leastUs: number): number {
  return Math.min(MOST_REPEATS, Math.max(1, Math.ceil(leastUs / Math.max(us, 0.1))));
}

function statistics<Ready>({ samples }: Runner<Ready>) {
  return statisticsOf({ unit: 'ms', samples }, [25, 75])!;
}

function outcomeOf<Ready>(runner: Runner<Ready>): Outcome {
  const { median, percentiles, count } = statistics(runner);
  const spread = median > 0 ? (percentiles.p75! - percentiles.p25!) / 2 / median : 0;
  return { us: rounded(median, 4), spread: rounded(spread, 2), rounds: count };
}

function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

function reasonOf(error: unknown): string {
  return isTrtxError(error) ? `${error.code}: ${error.summary}` : `${(error as Error)?.message ?? error}`;
}
