// Two ways to compute the same, timed in turn: a machine whose speed drifts slows both, so that ratios of neighbours hold
// where times do not.
import type { Measurement } from './measurement.ts';

export interface PairOptions {
  /** Milliseconds of pairs that do not count, at least one pair; 200 by default. */
  readonly warmUpMs?: number;
  /** The least number of pairs, 10 by default. */
  readonly iterations?: number;
  /** The least time that they take, in milliseconds, 3000 by default. */
  readonly durationMs?: number;
}

/** Samples of the same number belong to the same pair. */
export interface Pairs {
  readonly ours: Measurement;
  readonly theirs: Measurement;
  /** Ours by theirs: below 1 where ours is faster. */
  readonly ratio: Measurement;
}

/** Times pairs of runs; which of the two goes first changes from pair to pair. */
export async function timePairs(
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  { warmUpMs = 200, iterations = 10, durationMs = 3000 }: PairOptions = {},
): Promise<Pairs> {
  await repeat(ours, theirs, 1, warmUpMs);
  const pairs = await repeat(ours, theirs, iterations, durationMs);
  return {
    ours: { unit: 'ms', samples: pairs.map(([a]) => a) },
    theirs: { unit: 'ms', samples: pairs.map(([, b]) => b) },
    ratio: { unit: 'ratio', samples: pairs.map(([a, b]) => a / b) },
  };
}

async function repeat(
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  least: number,
  leastMs: number,
): Promise<[number, number][]> {
  const pairs: [number, number][] = [];
  const start = performance.now();
  while (pairs.length < least || performance.now() - start < leastMs) {
    if (pairs.length % 2 === 0) pairs.push([await timed(ours), await timed(theirs)]);
    else {
      const second = await timed(theirs);
      pairs.push([await timed(ours), second]);
    }
  }
  return pairs;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
