// How often magnitudes occur, for as many elements as there may be: a page for each power of two, a bucket for each 8,192nd of
// it. A number is known to one part in 16,384 wherever it lies. The range grows as it has to, and what is in the histogram
// does not depend on the order in which elements came.

/** Bits of a float32's mantissa that tell buckets apart, and buckets of a page. */
const MANTISSA = 13;
const BUCKETS = 2 ** MANTISSA;
const DROPPED = 23 - MANTISSA;

/** Powers of two below the largest magnitude that have pages. What is smaller by more counts as 0. */
export const OCTAVES = 12;

/** Elements of about one value. */
export interface Bucket {
  /** The middle of the bucket. */
  readonly value: number;
  readonly count: number;
}

/** Counts of magnitudes in bins of one width: bin i is from i · width on. */
export interface Bins {
  readonly width: number;
  readonly counts: Float64Array;
}

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

function numberOf(bits: number): number {
  word[0] = bits;
  return single[0]!;
}

export class Histogram {
  /** By sign (0: positive) and biased exponent. */
  readonly #pages: readonly (Float64Array | undefined)[][] = [[], []];
  /** The largest biased exponent; 0 while there is no normal number. */
  #top = 0;
  #small = 0;
  #count = 0;

  /** Elements in all. */
  get count(): number {
    return this.#count;
  }

  /** Counts finite elements. */
  add(values: Float32Array): void {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < bits.length; i++) {
      const magnitude = bits[i]! & 0x7fffffff;
      const exponent = magnitude >>> 23;
      if (exponent > this.#top) this.#grow(exponent);
      if (exponent === 0 || exponent <= this.#top - OCTAVES) this.#small++;
      else this.#page(bits[i]! >>> 31, exponent)[(magnitude >>> DROPPED) & (BUCKETS - 1)]!++;
    }
    this.#count += bits.length;
  }

  /** All elements, by rising value. */
  signed(): Bucket[] {
    return [...this.#side(1).reverse(), ...this.#zeros(), ...this.#side(0)];
  }

  /** All elements' magnitudes, by rising value. */
  magnitudes(): Bucket[] {
    const counts = new Map<number, number>();
    for (const sign of [0, 1])
      for (const { value, count } of this.#side(sign)) {
        const magnitude = Math.abs(value);
        counts.set(magnitude, (counts.get(magnitude) ?? 0) + count);
      }
    const sorted = [...counts].sort(([a], [b]) => a - b);
    return [...this.#zeros(), ...sorted.map(([value, count]) => ({ value, count }))];
  }

  /**
   * Magnitudes of one sign, or of both, in `bins` bins (a power of two, at most 2,048) that reach to the power of two above
   * the largest magnitude. What counts as 0 is in the first bin of positive ones.
   */
  bins(bins: number, sign: 'positive' | 'negative' | 'both' = 'both'): Bins {
    const width = 2 ** (this.#top - 126) / bins;
    const counts = new Float64Array(bins);
    // A bucket lies within one bin: both begin at multiples of their widths, which are powers of two.
    if (sign !== 'negative') for (const { value, count } of this.#side(0)) counts[Math.floor(value / width)]! += count;
    if (sign !== 'positive') for (const { value, count } of this.#side(1)) counts[Math.floor(-value / width)]! += count;
    if (sign !== 'negative') counts[0]! += this.#small;
    return { width, counts };
  }

  #zeros(): Bucket[] {
    return this.#small > 0 ? [{ value: 0, count: this.#small }] : [];
  }

  /** Buckets of a sign that have elements, by rising magnitude. */
  #side(sign: number): Bucket[] {
    const found: Bucket[] = [];
    for (let exponent = Math.max(1, this.#top - OCTAVES + 1); exponent <= this.#top; exponent++)
      this.#pages[sign]![exponent]?.forEach((count, i) => {
        if (count === 0) return;
        const low = (exponent << 23) | (i << DROPPED);
        const value = numberOf(low | (1 << (DROPPED - 1)));
        found.push({ value: sign ? -value : value, count });
      });
    return found;
  }

  #page(sign: number, exponent: number): Float64Array {
    const pages = this.#pages[sign]!;
    pages[exponent] ??= new Float64Array(BUCKETS);
    return pages[exponent];
  }

  /** Makes room for a larger power of two: what is too small beside it counts as 0 from now on. */
  #grow(exponent: number): void {
    this.#top = exponent;
    for (const pages of this.#pages)
      for (let old = 0; old <= exponent - OCTAVES && old < pages.length; old++) {
        for (const count of pages[old] ?? []) this.#small += count;
        pages[old] = undefined;
      }
  }
}

/**
 * The value that a share of all elements does not exceed (the nearest rank): of buckets by rising value.
 * @param share 0 to 1
 */
export function quantile(buckets: readonly Bucket[], share: number): number {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(share * total));
  let below = 0;
  for (const { value, count } of buckets) {
    below += count;
    if (below >= rank) return value;
  }
  return 0;
}
