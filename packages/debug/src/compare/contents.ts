// What tensors hold: counts of what is no number, ranges, and how values and errors are spread.

/** Elements of one side. */
export interface Contents {
  readonly nan: number;
  /** Infinities of either sign. */
  readonly infinite: number;
  /** Of the finite elements; null where there is none. */
  readonly min: number | null;
  readonly max: number | null;
}

export interface Histograms {
  /** Finite elements of both sides, in bins of equal width over their common range. */
  readonly values: {
    readonly from: number;
    readonly to: number;
    readonly a: readonly number[];
    readonly b: readonly number[];
  };
  /**
   * |a − b| in units of the largest |b|: bin i counts what is below 10^(i − 8) and not in a bin before, the last all that is
   * 1 or more or not finite on one side alone.
   */
  readonly errors: readonly number[];
}

const VALUE_BINS = 16;
/** The exponent of the first error bin's bound, and how many bounds there are. */
const [FIRST_DECADE, DECADES] = [-8, 9];

export function contentsOf(elements: Float64Array): Contents {
  let [nan, infinite, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const x of elements) {
    if (Number.isNaN(x)) nan++;
    else if (!Number.isFinite(x)) infinite++;
    else {
      if (x < min) min = x;
      if (x > max) max = x;
    }
  }
  return min <= max ? { nan, infinite, min, max } : { nan, infinite, min: null, max: null };
}

/** Of two tensors of the same number of elements. */
export function histogramsOf(a: Float64Array, b: Float64Array, [ofA, ofB]: readonly [Contents, Contents]): Histograms {
  const ends = [ofA.min, ofA.max, ofB.min, ofB.max].filter((end) => end !== null);
  const [from, to] = ends.length > 0 ? [Math.min(...ends), Math.max(...ends)] : [0, 0];
  return { values: { from, to, a: binned(a, from, to), b: binned(b, from, to) }, errors: errorBins(a, b, ofB) };
}

function binned(elements: Float64Array, from: number, to: number): number[] {
  const bins = new Array<number>(VALUE_BINS).fill(0);
  const scale = to > from ? VALUE_BINS / (to - from) : 0;
  for (const x of elements) {
    if (!Number.isFinite(x)) continue;
    const bin = Math.min(VALUE_BINS - 1, Math.floor((x - from) * scale));
    bins[bin] = bins[bin]! + 1;
  }
  return bins;
}

function errorBins(a: Float64Array, b: Float64Array, { min, max }: Contents): number[] {
  const bins = new Array<number>(DECADES + 1).fill(0);
  const largest = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0)) || 1;
  for (let i = 0; i < b.length; i++) {
    const same = Object.is(a[i], b[i]);
    const error = same ? 0 : Math.abs(a[i]! - b[i]!) / largest;
    const decade = error === 0 ? 0 : Math.floor(Math.log10(error)) + 1 - FIRST_DECADE;
    // NaN, of a NaN on one side, is in the last one too.
    const bin = decade < DECADES ? Math.max(0, decade) : DECADES;
    bins[bin] = bins[bin]! + 1;
  }
  return bins;
}

/**
 * The signal's power by that of the error, in decibels, b being the signal; over elements that are finite on both sides.
 * Null where they are the same.
 */
export function sqnrOf(a: Float64Array, b: Float64Array): number | null {
  let [signal, noise] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    if (!Number.isFinite(a[i]) || !Number.isFinite(b[i])) continue;
    signal += b[i]! * b[i]!;
    noise += (a[i]! - b[i]!) ** 2;
  }
  const ratio = 10 * Math.log10(signal / noise);
  return Number.isFinite(ratio) ? ratio : null;
}
