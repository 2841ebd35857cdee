// Where the time of a run goes, for people and programs.

import { type DispatchProfile, medianOf, type ProfileReport, statisticsOf } from '@trtx/profiler';
import { bytesText, table, timeText } from '../text.ts';

const MODES = {
  inside: 'timestamps between dispatches, inside one pass',
  apart: 'a pass for each dispatch',
} as const;

const LABEL_LENGTH = 60;

export function profileLines(report: ProfileReport, { top, order }: { top: number; order?: boolean }): string[] {
  const { mode, runs, whole, coverage, peak, dispatches, notes } = report;
  const longest = [...dispatches].sort((a, b) => b.share - a.share).slice(0, top);
  const shown = order ? dispatches.filter((one) => longest.includes(one)) : longest;
  return [
    ...table([['', 'ms', 'GFLOP/s', 'GB/s', 'roof', 'dispatch', 'workgroups', 'nodes'], ...shown.map(cells)]),
    ...(shown.length < dispatches.length ? [`… of ${dispatches.length} dispatches`] : []),
    `whole run ${timeText(medianOf(whole.samples))}, dispatches ${(coverage * 100).toFixed(0)} % of it; ${runs} runs, ${MODES[mode]}`,
    ...(peak
      ? [
          `device: ${rateText(peak.flopsPerSecond)}FLOP/s, ${bytesText(peak.bytesPerSecond)}/s; roof: how much of the nearer of both`,
        ]
      : []),
    ...notes.map(({ text }) => `note: ${text}`),
  ];
}

function cells(dispatch: DispatchProfile): string[] {
  const { share, times, calls, tactic, nodes, roof, workgroups } = dispatch;
  const ms = medianOf(times.samples);
  const { flopsPerSecond, bytesPerSecond } = rates(dispatch);
  const names = nodes.join(', ');
  return [
    `${(share * 100).toFixed(1)} %`,
    Number.isNaN(ms) ? '' : ms.toFixed(3),
    flopsPerSecond === undefined ? '' : (flopsPerSecond / 1e9).toFixed(1),
    bytesPerSecond === undefined ? '' : (bytesPerSecond / 1e9).toFixed(1),
    roof && ms > 0 ? `${((roof.ms / ms) * 100).toFixed(0)} % ${roof.bound}` : '',
    `${tactic}${calls > 1 ? ` (${calls} times)` : ''}`,
    workgroups ? workgroups.join(' x ') : 'not run',
    names.length > LABEL_LENGTH ? `${names.slice(0, LABEL_LENGTH - 1)}…` : names,
  ];
}

/** What a dispatch computes and moves in a second. */
function rates({ times, calls, flops, bytesRead, bytesWritten }: DispatchProfile) {
  const seconds = medianOf(times.samples) / 1000;
  const per = (amount: number | undefined) =>
    amount === undefined || !(seconds > 0) ? undefined : (amount * calls) / seconds;
  const bytes = bytesRead === undefined || bytesWritten === undefined ? undefined : bytesRead + bytesWritten;
  return { flopsPerSecond: per(flops), bytesPerSecond: per(bytes) };
}

function rateText(perSecond: number): string {
  return perSecond >= 1e12 ? `${(perSecond / 1e12).toFixed(1)} T` : `${(perSecond / 1e9).toFixed(1)} G`;
}

/** For `--json`: dispatches in the plan's order, with statistics of their times in milliseconds. */
export function profileData(report: ProfileReport): object {
  const { engine, mode, runs, whole, coverage, peak, dispatches, notes } = report;
  return {
    engine,
    mode,
    runs,
    whole: times(whole.samples),
    coverage,
    ...(peak ? { peak } : {}),
    dispatches: dispatches.map(({ times: { samples }, ...one }) => ({
      ...one,
      ...times(samples),
      ...rates({ ...one, times: { unit: 'ms', samples } }),
    })),
    notes,
  };
}

function times(samples: readonly number[]): object {
  const { min, mean, median, max, spread } = statisticsOf({ unit: 'ms', samples }, []) ?? {};
  return { ms: median, min, mean, max, spread };
}
