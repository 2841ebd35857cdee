// The range of each group of points, and why it is that one.

import type { Calibrators } from '../calibration/calibrator.ts';
import type { Observer } from '../calibration/observer.ts';
import type { QuantizedActivation, ReportedHistogram } from '../report/report.ts';
import { parametersOf, type Range } from '../scheme/parameters.ts';
import type { ScaleType, Target } from '../scheme/scheme.ts';
import type { Point } from './place.ts';

/** Of fewer elements than this, no distribution can be told: their whole range is taken. */
export const FEWEST = 1024;

/** Bins on either side of 0 in reports. */
const REPORTED_BINS = 64;

export interface ChooseOptions {
  readonly calibrators: Calibrators;
  /** The name of the calibrator of a tensor, and why it is that one. */
  choose(tensor: string): { readonly calibrator: string; readonly why: string };
  readonly target: Target;
}

/** Scale and zero point of points that share them: they cover what the calibrator keeps of each. */
export function chooseRange(
  points: readonly Point[],
  observers: ReadonlyMap<string, Observer>,
  { calibrators, choose, target }: ChooseOptions,
): QuantizedActivation {
  const [{ value: first }] = points as [Point];
  const seen = points.map(({ value }) => observers.get(value.name)!);
  const most = seen.reduce((a, b) => (widthOf(b) > widthOf(a) ? b : a));
  const few = seen.every(({ count }) => count < FEWEST);
  const why = `only ${most.count} elements were seen`;
  const chosen = few ? { calibrator: 'min-max', why } : choose(first.name);
  const calibrator = calibrators.get(chosen.calibrator);
  const range = union(seen.map((observer) => calibrator.range(observer, target)));
  return {
    tensors: points.map(({ value }) => value.name),
    scheme: { ...target, granularity: { kind: 'tensor' } },
    ...chosen,
    seen: union(seen.map((observer) => observer.range)),
    range,
    ...parametersOf(range, target, first.type.dtype as ScaleType),
    histogram: reported(most),
  };
}

const widthOf = ({ range }: Observer) => range.max - range.min;

function union(ranges: readonly Range[]): Range {
  return { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) };
}

/** Both sides of 0 in bins of one width. */
function reported({ histogram }: Observer): ReportedHistogram {
  const positive = histogram.bins(REPORTED_BINS, 'positive');
  const negative = histogram.bins(REPORTED_BINS, 'negative');
  const below = negative.counts.some((count) => count > 0) ? [...negative.counts].reverse() : [];
  return { start: -below.length * positive.width || 0, width: positive.width, counts: [...below, ...positive.counts] };
}
