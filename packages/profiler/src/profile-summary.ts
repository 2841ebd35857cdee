// A layer profile in numbers: statistics instead of samples, and rates. Plain JSON, for files, tables and pages.
import { type Measurement, statisticsOf } from './measurement.ts';
import type { DispatchProfile, ProfileReport } from './profile.ts';

/** Milliseconds; absent where there is no sample. */
export interface TimeSummary {
  /** The median. */
  readonly ms?: number;
  readonly min?: number;
  readonly mean?: number;
  readonly max?: number;
  /** Standard deviation divided by the mean. */
  readonly spread?: number;
}

export interface DispatchSummary extends Omit<DispatchProfile, 'times'>, TimeSummary {
  /** Of all calls in a run; absent where not known, as are bytes. */
  readonly flopsPerSecond?: number;
  readonly bytesPerSecond?: number;
}

export interface ProfileSummary extends Omit<ProfileReport, 'whole' | 'dispatches'> {
  readonly whole: TimeSummary;
  readonly dispatches: readonly DispatchSummary[];
}

export function summarizeProfile({ whole, dispatches, ...report }: ProfileReport): ProfileSummary {
  return { ...report, whole: summaryOf(whole), dispatches: dispatches.map(summarizeDispatch) };
}

function summarizeDispatch({ times, ...dispatch }: DispatchProfile): DispatchSummary {
  const summary = summaryOf(times);
  const { calls, flops, bytesRead, bytesWritten } = dispatch;
  const seconds = (summary.ms ?? 0) / 1000;
  const bytes = bytesRead === undefined || bytesWritten === undefined ? undefined : bytesRead + bytesWritten;
  return {
    ...dispatch,
    ...summary,
    ...(flops !== undefined && seconds > 0 ? { flopsPerSecond: (flops * calls) / seconds } : {}),
    ...(bytes !== undefined && seconds > 0 ? { bytesPerSecond: (bytes * calls) / seconds } : {}),
  };
}

function summaryOf(times: Measurement): TimeSummary {
  const statistics = statisticsOf(times, []);
  if (!statistics) return {};
  const { median, min, mean, max, spread } = statistics;
  return { ms: median, min, mean, max, spread };
}
