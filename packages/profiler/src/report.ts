// What is told of an engine's speed, as data. Terminal tables, JSON files and pages are views of it.
import type { Measurement } from './measurement.ts';

/** Something that the reader of a report has to know before he believes a number in it. */
export interface Note {
  readonly code: /** The device has no timestamp queries, so that there is no GPU time. */
    | 'NO_TIMESTAMPS'
    /** Some times were dropped, for the timer went backwards. */
    | 'TIMER_BACKWARDS'
    /** The timer counts in coarse steps. */
    | 'TIMER_COARSE'
    /** The timer stands still. */
    | 'TIMER_STILL'
    /** Recording and submitting take longer than the GPU does. */
    | 'CPU_BOUND'
    /** The runs differ a lot. */
    | 'UNSTABLE'
    /** An output has elements that are NaN or infinite. */
    | 'NOT_FINITE';
  readonly text: string;
}

/** Milliseconds from the call of `Engine.load`. */
export interface LoadTimes {
  /** Until the engine was there. */
  readonly totalMs: number;
  /** Until all weights were on their way to the GPU; absent where there are none. */
  readonly weightsMs?: number;
  /** Until all pipelines were compiled. */
  readonly pipelinesMs?: number;
}

/** Runs of an engine, one sample each. */
export interface RunTimes {
  readonly contexts: number;
  /** Runs of each context that were under way at once. */
  readonly inFlight: number;
  /** Whether inputs were uploaded and outputs read back in each run. */
  readonly transfers: boolean;
  /** Of the runs that count. */
  readonly wallMs: number;
  readonly runsPerSecond: number;
  /** From the call of `run` to its outputs; without transfers, until the GPU is done. */
  readonly latency: Measurement;
  /**
   * What the call takes of the caller's thread: checks, upload of inputs, recording, submit. Absent for engines with host
   * steps, which record in pieces.
   */
  readonly encode?: Measurement;
  /** Sum over the passes of a run, from timestamps. Absent where there are none. */
  readonly gpu?: Measurement;
}

export interface BenchReport {
  readonly engine: string;
  readonly load?: LoadTimes;
  /** The first run, which makes the context's memory. */
  readonly firstRunMs: number;
  readonly runs: RunTimes;
  readonly notes: readonly Note[];
}
