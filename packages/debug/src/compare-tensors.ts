// What was computed against what was expected: each element within a tolerance, and the direction as a whole.

import { isFloat, type Tensor } from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';

export interface Tolerance {
  /** Relative to each expected element. */
  readonly rtol: number;
  /** Relative to the largest expected element. */
  readonly atol: number;
  /** The least cosine that passes; `MIN_COSINE` where it says nothing. */
  readonly cosine?: number;
}

/** What of some options says how far apart tensors may be. */
export function toleranceOf({ rtol, atol, cosine }: Tolerance): Tolerance {
  return { rtol, atol, ...(cosine === undefined ? {} : { cosine }) };
}

/** What computes in float16 is expected to keep, beside what computes in float32. */
export const FLOAT16_TOLERANCE: Tolerance = { rtol: 1e-2, atol: 1e-2, cosine: 0.999 };

export interface Comparison {
  readonly name: string;
  readonly dims: readonly number[];
  /** The largest |a − e|. Null where an element is NaN or infinite on one side alone, or nothing could be compared. */
  readonly maxAbs: number | null;
  /** The largest |a − e| / |e|, over elements that are not within `atol` of zero; null as `maxAbs`. */
  readonly maxRel: number | null;
  /** Cosine of the angle between the tensors as vectors; null as `maxAbs`. */
  readonly cosine: number | null;
  /** Elements outside the tolerance. */
  readonly wrong: number;
  readonly ok: boolean;
  /** Why it is not ok. */
  readonly reason?: string;
}

/** The least cosine that passes by default. */
export const MIN_COSINE = 0.99999;

/**
 * Compares element by element: |a − e| ≤ atol · max|e| + rtol · |e|. NaN equals NaN and an infinity itself; integers and
 * booleans have to be the same.
 */
export function compareTensors(name: string, actual: Tensor, expected: Tensor, tolerance: Tolerance): Comparison {
  const { dims } = actual;
  const unlike = typesDiffer(actual, expected);
  if (unlike) return { name, dims, maxAbs: null, maxRel: null, cosine: null, wrong: 0, ok: false, reason: unlike };
  const { rtol, atol } = isFloat(expected.dtype) ? tolerance : { rtol: 0, atol: 0 };
  const [a, e] = [toFloat64(actual), toFloat64(expected)];
  const { cosine: least = MIN_COSINE } = tolerance;
  const floor = atol * largest(e);
  const angle = new Angle();
  const found = { maxAbs: 0, maxRel: 0, wrong: 0, first: -1 };
  for (let i = 0; i < e.length; i++) {
    const [x, y] = [a[i]!, e[i]!];
    if (Object.is(x, y) && !Number.isFinite(x)) continue;
    const distance = Math.abs(x - y);
    const size = Math.abs(y);
    // A NaN fails this comparison, an infinity exceeds it.
    if (!(distance <= floor + rtol * size) || !Number.isFinite(size)) {
      if (found.wrong++ === 0) found.first = i;
    }
    found.maxAbs = Math.max(found.maxAbs, distance);
    if (!(size <= floor)) found.maxRel = Math.max(found.maxRel, distance / size);
    angle.add(x, y);
  }
  const { wrong, first } = found;
  const cosine = finite(angle.cosine());
  const astray = cosine === null || cosine < least;
  const reason =
    wrong > 0
      ? `${wrong} of ${e.length} elements are outside the tolerance, the first at ${first}: ${a[first]} for ${e[first]}`
      : astray
        ? `the cosine is ${cosine}, below ${least}`
        : undefined;
  const [maxAbs, maxRel] = [finite(found.maxAbs), finite(found.maxRel)];
  return { name, dims, maxAbs, maxRel, cosine, wrong, ok: !reason, ...(reason ? { reason } : {}) };
}

function typesDiffer(actual: Tensor, expected: Tensor): string | undefined {
  const [a, e] = [actual, expected].map(({ dtype, dims }) => `${dtype}[${dims.join(', ')}]`);
  return a === e ? undefined : `it is ${a} where ${e} is expected`;
}

/** The largest finite magnitude. */
function largest(values: Float64Array): number {
  let max = 0;
  for (const value of values) if (Number.isFinite(value)) max = Math.max(max, Math.abs(value));
  return max;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The angle between two vectors, of which it is told pair after pair. */
class Angle {
  #dot = 0;
  #left = 0;
  #right = 0;

  add(x: number, y: number): void {
    this.#dot += x * y;
    this.#left += x * x;
    this.#right += y * y;
  }

  /** 1 for two vectors of length 0, 0 where only one has length 0. */
  cosine(): number {
    if (this.#left === 0 && this.#right === 0) return 1;
    if (this.#left === 0 || this.#right === 0) return 0;
    return this.#dot / (Math.sqrt(this.#left) * Math.sqrt(this.#right));
  }
}
