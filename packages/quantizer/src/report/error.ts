// How far numbers are from what they stand for.

/** Of a tensor, over all elements and samples. */
export interface SignalError {
  /** Signal to quantization noise, 10 · log₁₀(Σx² / Σ(x − y)²), in decibels; null where there is no difference. */
  readonly sqnrDb: number | null;
  /** Cosine of the angle between both; 1 where both are 0. */
  readonly cosine: number;
}

/** Sums over pairs of numbers. */
export class ErrorSum {
  #signal = 0;
  #noise = 0;
  #product = 0;
  #other = 0;

  add(expected: ArrayLike<number>, actual: ArrayLike<number>): this {
    for (let i = 0; i < expected.length; i++) {
      const [x, y] = [expected[i]!, actual[i]!];
      this.#signal += x * x;
      this.#other += y * y;
      this.#product += x * y;
      this.#noise += (x - y) * (x - y);
    }
    return this;
  }

  get error(): SignalError {
    const length = Math.sqrt(this.#signal) * Math.sqrt(this.#other);
    const cosine = length > 0 ? this.#product / length : this.#noise === 0 ? 1 : 0;
    if (this.#noise === 0) return { sqnrDb: null, cosine: 1 };
    // Noise where there is no signal at all is as loud as JSON can say.
    const ratio = Math.max(this.#signal / this.#noise, Number.MIN_VALUE);
    return { sqnrDb: 10 * Math.log10(ratio), cosine: Math.min(1, Math.max(-1, cosine)) };
  }
}
