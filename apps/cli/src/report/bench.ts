// How long runs took, for people and programs.

import { type BenchReport, type Measurement, type Statistics, statisticsOf } from '@trtx/profiler';
import { jsonBytes } from '../files.ts';
import { numberText, table, timeText } from '../text.ts';

/** The measurements of a report by the name that they have in it. */
const MEASUREMENTS = { latency: 'end to end', encode: 'encode and submit', gpu: 'GPU' } as const;

type Name = keyof typeof MEASUREMENTS;

function measured({ runs }: BenchReport): [Name, Measurement][] {
  return (Object.keys(MEASUREMENTS) as Name[]).flatMap((name): [Name, Measurement][] => {
    const times = runs[name];
    return times ? [[name, times]] : [];
  });
}

/** What the rows are times of. */
function legend(report: BenchReport): string {
  const texts: Readonly<Record<Name, string>> = {
    latency: `end to end: from the call ${report.runs.transfers ? 'to its outputs' : 'until the GPU is done'}`,
    encode: "encode and submit: of the caller's thread",
    gpu: "GPU: of a run's passes",
  };
  return `  (${measured(report)
    .map(([name]) => texts[name])
    .join('; ')})`;
}

export function benchLines(
  report: BenchReport,
  { buildMs, percentile: percentiles }: Omit<BenchContext, 'file'>,
): string[] {
  const { load, firstRunMs, runs, notes } = report;
  const { contexts, inFlight, wallMs, runsPerSecond, latency } = runs;
  const lanes = contexts * inFlight > 1 ? `, ${contexts} contexts with ${inFlight} runs in flight` : '';
  const stages = [
    load?.weightsMs === undefined ? '' : `weights after ${timeText(load.weightsMs)}`,
    load?.pipelinesMs === undefined ? '' : `pipelines after ${timeText(load.pipelinesMs)}`,
  ].filter(Boolean);
  const rows = measured(report).flatMap(([name, times]) => {
    const statistics = statisticsOf(times, percentiles);
    return statistics ? [[MEASUREMENTS[name], ...cells(statistics)]] : [];
  });
  return [
    ...(buildMs === undefined ? [] : [`build      ${timeText(buildMs)}`]),
    ...(load ? [`load       ${timeText(load.totalMs)}${stages.length > 0 ? ` (${stages.join(', ')})` : ''}`] : []),
    `first run  ${timeText(firstRunMs)}`,
    `runs       ${latency.samples.length} in ${timeText(wallMs)}, ${numberText(runsPerSecond)} a second${lanes}`,
    ...table([['ms', 'min', 'mean', 'median', ...percentiles.map((p) => `p${p}`), 'max'], ...rows], '  '),
    legend(report),
    ...notes.map(({ text }) => `note: ${text}`),
  ];
}

function cells({ min, mean, median, max, percentiles }: Statistics): string[] {
  return [min, mean, median, ...Object.values(percentiles), max].map((ms) => ms.toFixed(3));
}

export interface BenchContext {
  readonly file: string;
  readonly buildMs: number | undefined;
  readonly percentile: readonly number[];
}

/** For `--json`: statistics, not samples. Milliseconds. */
export function benchData(report: BenchReport, { file, buildMs, percentile }: BenchContext): object {
  const { load, firstRunMs, runs, notes } = report;
  const { contexts, inFlight, transfers, wallMs, runsPerSecond } = runs;
  return {
    file,
    engine: report.engine,
    ...(buildMs === undefined ? {} : { buildMs }),
    load,
    firstRunMs,
    runs: { contexts, inFlight, transfers, wallMs, perSecond: runsPerSecond },
    ...Object.fromEntries(
      measured(report).map(([name, times]) => {
        const { percentiles, ...statistics } = statisticsOf(times, percentile)!;
        return [name, { ...statistics, ...percentiles }];
      }),
    ),
    notes,
  };
}

/** For `--export-times`: the times of each run. */
export function benchTimes(report: BenchReport): Uint8Array {
  const times = Object.fromEntries(measured(report).map(([name, { samples }]) => [name, samples]));
  return jsonBytes({ unit: 'ms', ...times });
}
