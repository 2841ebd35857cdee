// How far work over samples is, and how long it is likely to take still.

export interface Progress {
  /** Samples that are done. */
  readonly done: number;
  /** Of so many, where that is known. */
  readonly total?: number;
  readonly elapsedMs: number;
  /** At the pace so far; absent where the number of samples is not known. */
  readonly remainingMs?: number;
}

/** Tells of samples as they are done. `now` is a clock in milliseconds. */
export class Pace {
  readonly #start: number;
  #done = 0;

  constructor(
    private readonly onProgress: ((progress: Progress) => void) | undefined,
    private readonly total: number | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#start = now();
  }

  step(): void {
    const done = ++this.#done;
    const elapsedMs = this.now() - this.#start;
    const left = this.total === undefined ? undefined : Math.max(0, this.total - done);
    this.onProgress?.({
      done,
      elapsedMs,
      ...(left === undefined ? {} : { total: this.total, remainingMs: (elapsedMs / done) * left }),
    });
  }
}
