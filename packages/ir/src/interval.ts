// Between which numbers elements are: the arithmetic that op definitions tell the ranges of their outputs with.

import { bounds, type Dim } from './dim.ts';

/** Both ends included; the ends may be infinite. */
export type Interval = readonly [low: number, high: number];

export const ANY: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** No axis is longer: its places are counted in 32 bits. */
const MOST_PLACES = 2 ** 31 - 1;

export function join(...all: readonly Interval[]): Interval {
  return [Math.min(...all.map(([low]) => low)), Math.max(...all.map(([, high]) => high))];
}

/** Sums of at least and at most so many numbers. */
export function sumOf([low, high]: Interval, [fewest, most]: Interval): Interval {
  const times = (x: number, n: number) => (x === 0 || n === 0 ? 0 : x * n);
  return [times(low, low < 0 ? most : fewest), times(high, high > 0 ? most : fewest)];
}

/** Products of at most so many numbers; of none it is 1. */
export function powersOf([low, high]: Interval, most: number): Interval {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const end = largest <= 1 || most === 0 ? 1 : largest ** most;
  return [low < 0 ? -end : Math.min(Math.floor(low), 1), end];
}

/** Products of two numbers. */
export function productOf([a, b]: Interval, [c, d]: Interval): Interval {
  const all = [a, b].flatMap((x) => [c, d].map((y) => (x === 0 || y === 0 ? 0 : x * y)));
  return [Math.min(...all), Math.max(...all)];
}

/** Places of an axis. */
export function placesOf(dim: Dim): Interval {
  return [0, Math.min(Math.max(bounds(dim).max - 1, 0), MOST_PLACES)];
}

/** How many of the places of an axis there are. */
export function countsOf(dim: Dim): Interval {
  return [0, Math.min(bounds(dim).max, MOST_PLACES)];
}
