// How a budget of time is shared: each problem gets what it is to take of the engine's time, by the cost model, and a part
// that is the same for all. What one does not need goes to those after it.

import type { TuningProblem } from '@trtx/codegen';

/** Of the budget, what is shared equally. */
const EQUAL = 0.25;

export function weightOf({ tactics, count }: Pick<TuningProblem, 'tactics' | 'count'>): number {
  return Math.min(...tactics.map(({ cost }) => cost)) * count;
}

export class Shares {
  /** When all has to be done. */
  readonly end: number;
  readonly #start: number;
  /** What each and all after it weigh. */
  readonly #left: number[] = [];
  readonly #weights: readonly number[];

  /** @param problems in the order in which they are tuned @param span from when until when, in milliseconds */
  constructor(problems: readonly Pick<TuningProblem, 'tactics' | 'count'>[], span: { start: number; end: number }) {
    this.#start = span.start;
    this.end = span.end;
    const costs = problems.map(weightOf);
    const all = costs.reduce((sum, cost) => sum + cost, 0) || 1;
    this.#weights = costs.map((cost) => EQUAL / problems.length + ((1 - EQUAL) * cost) / all);
    let left = 0;
    for (let i = problems.length - 1; i >= 0; i--) {
      left += this.#weights[i]!;
      this.#left[i] = left;
    }
  }

  /** When a problem has to be done that begins now. */
  deadline(i: number, now: number): number {
    return now + ((this.end - now) * this.#weights[i]!) / this.#left[i]!;
  }

  /** Milliseconds that a problem and those after it will take, if they go on as those before did. */
  remaining(i: number, now: number): number {
    const most = Math.max(0, this.end - now);
    const left = this.#left[i]!;
    return i === 0 ? most : Math.min(most, ((now - this.#start) * left) / (1 - left));
  }
}
