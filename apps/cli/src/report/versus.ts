// Two engines beside each other, for people and programs.

import { quote } from '@trtx/errors';
import { statisticsOf } from '@trtx/profiler';
import { numberText, table, timeText } from '../text.ts';
import type { Versus } from '../versus.ts';

export function versusLines({ name, pairs, outputs, theirLoadMs, theirFirstRunMs }: Versus): string[] {
  const rows = [
    ['ms', 'min', 'median', 'p90', 'max'],
    ['@trtx', ...cells(pairs.ours.samples)],
    [name, ...cells(pairs.theirs.samples)],
    ['ratio (@trtx / it)', ...cells(pairs.ratio.samples)],
  ];
  return [
    `beside ${name}, in turn, ${pairs.ratio.samples.length} pairs; it loaded in ${timeText(theirLoadMs)}, its first run took ${timeText(theirFirstRunMs)}`,
    ...table(rows, '  '),
    ...outputs.map(({ name: output, ok, reason, maxAbs }) => {
      return `  output ${quote(output)}: ${ok ? `the same, |difference| ≤ ${numberText(maxAbs ?? 0)}` : `differs: ${reason}`}`;
    }),
  ];
}

function cells(samples: readonly number[]): string[] {
  const { min, median, max, percentiles } = statisticsOf({ unit: 'ms', samples }, [90])!;
  return [min, median, percentiles.p90!, max].map((value) => value.toFixed(3));
}

/** For `--json`: milliseconds, and ours by theirs of each pair. */
export function versusData({ name, pairs, outputs, theirLoadMs, theirFirstRunMs }: Versus): object {
  const { ours, theirs, ratio } = pairs;
  return {
    name,
    loadMs: theirLoadMs,
    firstRunMs: theirFirstRunMs,
    ours: statisticsOf(ours, [90]),
    theirs: statisticsOf(theirs, [90]),
    ratio: statisticsOf(ratio, [90]),
    pairs: ratio.samples.map((value, i) => ({ ours: ours.samples[i], theirs: theirs.samples[i], ratio: value })),
    outputs,
  };
}
