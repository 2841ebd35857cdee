// Where the time of a run goes, for people.

import type { DispatchSummary, ProfileSummary } from '@trtx/profiler';
import { bytesText, table, timeText } from '../text.ts';

const MODES = {
  inside: 'timestamps between dispatches, inside one pass',
  apart: 'a pass for each dispatch',
} as const;

const LABEL_LENGTH = 60;

export function profileLines(profile: ProfileSummary, { top, order }: { top: number; order?: boolean }): string[] {
  const { mode, runs, whole, coverage, peak, dispatches, notes } = profile;
  const longest = [...dispatches].sort((a, b) => b.share - a.share).slice(0, top);
  const shown = order ? dispatches.filter((one) => longest.includes(one)) : longest;
  return [
    ...table([['share', 'ms', 'GFLOP/s', 'GB/s', 'roof', 'dispatch', 'workgroups', 'nodes'], ...shown.map(cells)]),
    ...(shown.length < dispatches.length ? [`… of ${dispatches.length} dispatches`] : []),
    `whole run ${timeText(whole.ms ?? Number.NaN)}, dispatches ${(coverage * 100).toFixed(0)} % of it; ${runs} runs, ${MODES[mode]}`,
    ...(peak
      ? [
          `device: at best ${rateText(peak.flopsPerSecond)}FLOP/s and ${bytesText(peak.bytesPerSecond)}/s; roof: how much a dispatch reaches of that which bounds it`,
        ]
      : []),
    ...notes.map(({ text }) => `note: ${text}`),
  ];
}

function cells(dispatch: DispatchSummary): string[] {
  const { share, ms, calls, tactic, nodes, roof, workgroups, flopsPerSecond, bytesPerSecond } = dispatch;
  const names = nodes.join(', ');
  return [
    `${(share * 100).toFixed(1)} %`,
    ms === undefined ? '' : ms.toFixed(3),
    flopsPerSecond === undefined ? '' : shortText(flopsPerSecond / 1e9),
    bytesPerSecond === undefined ? '' : shortText(bytesPerSecond / 1e9),
    roof && ms ? `${((roof.ms / ms) * 100).toFixed(0)} % ${roof.bound}` : '',
    `${tactic}${calls > 1 ? ` (${calls} times)` : ''}`,
    workgroups ? workgroups.join(' x ') : 'not run',
    names.length > LABEL_LENGTH ? `${names.slice(0, LABEL_LENGTH - 1)}…` : names,
  ];
}

/** Three significant digits. */
function shortText(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function rateText(perSecond: number): string {
  return perSecond >= 1e12 ? `${(perSecond / 1e12).toFixed(1)} T` : `${(perSecond / 1e9).toFixed(1)} G`;
}
