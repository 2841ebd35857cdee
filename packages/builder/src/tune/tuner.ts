// Times problems, those that are to take the most time first, and keeps all results.

import type { Tactic, TuningProblem } from '@trtx/codegen';
import { isTrtxError, type Logger } from '@trtx/errors';
import { type DeviceTimings, tacticName } from './cache.ts';
import { candidatesOf } from './candidates.ts';
import { isLoss, type Outcome, type RaceLimits, race } from './race.ts';
import { Shares, weightOf } from './shares.ts';
import type { TacticTimer } from './timer.ts';

/** Tactics of later problems, beside those of the next one, that are compiled while a problem is measured. */
const AHEAD = 24;

export interface TuningProgress {
  /** Problems that are done, and all that there are. */
  readonly done: number;
  readonly total: number;
  /** A node that the problem at hand computes. */
  readonly label: string;
  /** An estimate. */
  readonly remainingMs: number;
}

export interface TunerOptions {
  /** Seconds that it may take, 60 by default. What is left then keeps the cost model's choice. */
  readonly budget?: number;
  /** Tactics that are timed for a problem at the most, those with the least cost: 10 by default. */
  readonly candidates?: number;
  /** The adapter's `info.isFallbackAdapter`. */
  readonly software?: boolean;
  readonly onTuning?: (progress: TuningProgress) => void;
  /** Ends the tuning; what was timed stays. */
  readonly signal?: AbortSignal;
  /** Takes records of what was timed, and warnings of what could not be. */
  readonly logger?: Logger;
}

/** What came of it. */
export interface TuningCounts {
  /** Problems that have something to choose: several tactics, or formats. */
  readonly problems: number;
  /** Of these, how many were timed now, and how many had been before. */
  readonly timed: number;
  readonly known: number;
  /** Tactics that were timed now, and that failed. */
  readonly tactics: number;
  readonly failed: number;
  /** Why the device was lost, where it was. */
  readonly lost?: string;
}

export class Tuner {
  readonly #problems = new Set<string>();
  readonly #timed = new Set<string>();
  readonly #left = new Set<string>();
  #tactics = 0;
  #failed = 0;
  #lost: string | undefined;

  constructor(
    private readonly timer: TacticTimer,
    private readonly timings: DeviceTimings,
    private readonly options: TunerOptions,
    private readonly clock: { readonly now: () => number; readonly start: number },
  ) {}

  /** What is not known yet, with the best that is, so that both are measured alike. */
  missing(key: string, tactics: readonly Tactic[]): readonly Tactic[] {
    const wanted = candidatesOf(tactics, this.options.candidates);
    const missing = wanted.filter((tactic) => !this.timings.recordOf(key, tactic));
    if (missing.length === 0) return [];
    const best = tactics.find(({ us }) => us !== undefined);
    return best && !missing.includes(best) ? [best, ...missing] : missing;
  }

  report(): TuningCounts {
    const [problems, timed] = [this.#problems.size, this.#timed.size];
    const known = [...this.#problems].filter((key) => !this.#timed.has(key) && !this.#left.has(key)).length;
    const lost = this.#lost === undefined ? {} : { lost: this.#lost };
    return { problems, timed, known, tactics: this.#tactics, failed: this.#failed, ...lost };
  }

  /** Times what is missing, what takes the most time first. Whether there is nothing more to do, or no time or device for it. */
  async run(problems: readonly TuningProblem[]): Promise<boolean> {
    const { budget = 60, signal, software = false, onTuning } = this.options;
    const { now, start } = this.clock;
    const end = start + budget * 1000;
    const tasks = problems.filter(({ tactics }) => tactics.length > 0).sort((a, b) => weightOf(b) - weightOf(a));
    for (const { key } of problems) this.#problems.add(key);
    for (const { key } of tasks) if (!this.#timed.has(key)) this.#left.add(key);
    if (tasks.length === 0) return true;
    const shares = new Shares(tasks, { start: now(), end });
    const compiled: Promise<unknown>[][] = [];
    // A software adapter would compile on the processor that it measures on.
    const compileUpTo = software ? (i: number) => i : (i: number) => lastAhead(tasks, i);
    let isDone = false;
    for (const [i, task] of tasks.entries()) {
      isDone = signal?.aborted === true || now() >= end || this.#lost !== undefined;
      if (isDone) break;
      onTuning?.({ done: i, total: tasks.length, label: task.nodes[0] ?? '', remainingMs: shares.remaining(i, now()) });
      for (let next = i; next <= compileUpTo(i); next++) compiled[next] ??= this.#compile(tasks[next]!);
      await this.#time(task, compiled[i]!, { deadline: shares.deadline(i, now()), end, now });
      compiled[i] = [];
    }
    await Promise.allSettled(compiled.flat());
    onTuning?.({ done: tasks.length, total: tasks.length, label: '', remainingMs: 0 });
    return isDone || this.#lost !== undefined;
  }

  #compile({ tactics, candidate }: TuningProblem): Promise<unknown>[] {
    return tactics.map((tactic) => {
      const compiled = (async () => this.timer.compile(candidate(tactic)))();
      // Told when it is its turn, which may never come.
      compiled.catch(() => {});
      return compiled;
    });
  }

  async #time({ key, nodes, tactics }: TuningProblem, compiled: readonly Promise<unknown>[], limits: RaceLimits) {
    const { logger } = this.options;
    const start = limits.now();
    const onLost = (place: number) =>
      this.timings.set(key, tactics[place]!, { failed: 'the device was lost when it ran' });
    const entries = compiled.map((one) => ({ compiled: one }));
    try {
      const outcomes = await race(entries, this.timer, limits, onLost);
      outcomes.forEach((outcome, i) => {
        if (!outcome) return;
        this.timings.set(key, tactics[i]!, outcome);
        if (outcome.failed === undefined) this.#tactics++;
        else this.#failed++;
      });
      this.#timed.add(key);
      this.#left.delete(key);
      const message = `timed ${tellOutcomes(tactics, outcomes)}`;
      logger?.({ severity: 'verbose', message, ms: limits.now() - start, node: nodes.join(', ') });
    } catch (error) {
      if (!isTrtxError(error)) throw error;
      if (isLoss(error)) this.#lost = error.summary;
      logger?.({ severity: 'warning', message: `not tuned: ${error.summary}`, node: nodes.join(', ') });
    }
  }
}

/** The last problem to compile while one is measured: the next, and as many more as are not too much. */
function lastAhead(tasks: readonly TuningProblem[], i: number): number {
  let last = Math.min(i + 1, tasks.length - 1);
  for (let ahead = 0; last + 1 < tasks.length; last++) {
    ahead += tasks[last + 1]!.tactics.length;
    if (ahead > AHEAD) break;
  }
  return last;
}

/** `8 tactics: conv.matrix …, 12.3 µs; conv.staged … by the cost model, 14 µs`. */
function tellOutcomes(tactics: readonly Tactic[], outcomes: readonly (Outcome | undefined)[]): string {
  const timed = outcomes.flatMap((outcome, i) => {
    const us = outcome?.us;
    return us === undefined ? [] : [{ tactic: tactics[i]!, us }];
  });
  if (timed.length === 0) return 'no tactic';
  const told = ({ tactic, us }: (typeof timed)[number]) => `${tacticName(tactic)}, ${us} µs`;
  const best = timed.reduce((a, b) => (b.us < a.us ? b : a));
  const chosen = timed.reduce((a, b) => (b.tactic.cost < a.tactic.cost ? b : a));
  const others = best === chosen ? [] : [`${told(chosen)} by the cost model`];
  return `${timed.length} tactics: ${[told(best), ...others].join('; ')}`;
}
