// Samples of one quantity, and what they come to. Tables, JSON and pages all show statistics of a `Measurement`.

/** What was measured once for each run, in the order of the runs. */
export interface Measurement {
  readonly unit: 'ms' | 'ratio';
  readonly samples: readonly number[];
}

export interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly median: number;
  readonly max: number;
  /** Standard deviation divided by the mean. */
  readonly spread: number;
  /** By name: `p90`, `p99.9`. */
  readonly percentiles: Readonly<Record<string, number>>;
}

export const PERCENTILES: readonly number[] = [90, 95, 99];

/**
 * A percentile is the least sample that as many percent of all do not exceed (nearest rank); the median of an even count
 * is the mean of the middle two. Undefined where there is no sample.
 */
export function statisticsOf(
  { samples }: Measurement,
  percentiles: readonly number[] = PERCENTILES,
): Statistics | undefined {
  const count = samples.length;
  if (count === 0) return undefined;
  const sorted = Float64Array.from(samples).sort();
  const mean = sorted.reduce((sum, x) => sum + x, 0) / count;
  const variance = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
  const rank = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * count) - 1)]!;
  return {
    count,
    min: sorted[0]!,
    mean,
    median: (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2,
    max: sorted[count - 1]!,
    spread: mean === 0 ? 0 : Math.sqrt(variance) / mean,
    percentiles: Object.fromEntries(percentiles.map((percent) => [`p${percent}`, rank(percent)])),
  };
}

/** The middle of some numbers; NaN of none. */
export function medianOf(samples: readonly number[]): number {
  return statisticsOf({ unit: 'ms', samples }, [])?.median ?? Number.NaN;
}
