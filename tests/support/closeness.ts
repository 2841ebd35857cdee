// How close two tensors are.

export interface Closeness {
  readonly maxAbs: number;
  /** The largest |a − e| / (atol·max|e| + rtol·|e|): at most 1 where every element is within the tolerance. */
  readonly worst: number;
  readonly cosine: number;
}

export interface Tolerance {
  readonly rtol: number;
  /** In units of the largest expected magnitude. */
  readonly atol: number;
}

/** The tolerance that every float32 engine has to keep on whole networks. */
export const NETWORK: Tolerance = { rtol: 1e-3, atol: 1e-4 };

export function closeness(actual: ArrayLike<number>, expected: ArrayLike<number>, t: Tolerance = NETWORK): Closeness {
  if (actual.length !== expected.length) throw new Error(`${actual.length} elements for ${expected.length}`);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]!));
  let [maxAbs, worst, dot, aa, ee] = [0, 0, 0, 0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    const difference = Math.abs(a - e);
    if (Number.isNaN(difference)) return { maxAbs: Number.NaN, worst: Number.POSITIVE_INFINITY, cosine: 0 };
    maxAbs = Math.max(maxAbs, difference);
    const allowed = t.atol * largest + t.rtol * Math.abs(e);
    if (difference > 0) worst = Math.max(worst, difference / allowed);
    dot += a * e;
    aa += a * a;
    ee += e * e;
  }
  return { maxAbs, worst, cosine: aa === 0 && ee === 0 ? 1 : dot / Math.sqrt(aa * ee) };
}
