// Which run comes next, by those before: mostly the same one again, or a few that take turns, as with double buffers.

/** Runs after which the same ones may begin again. */
const MOST_PERIOD = 4;

export class History<T> {
  /** The last one comes first. */
  readonly #runs: T[] = [];

  add(run: T): void {
    this.#runs.unshift(run);
    this.#runs.splice(MOST_PERIOD + 2);
  }

  /** What follows if the last two runs were the same as those a period before; undefined where they were not. */
  get next(): T | undefined {
    const runs = this.#runs;
    for (let period = 1; period <= MOST_PERIOD; period++) {
      if (runs[0] === runs[period] && runs[1] === runs[period + 1]) return runs[period - 1];
    }
    return undefined;
  }
}
