// What times candidates: a device, or in tests something else.

import type { Candidate } from '@trtx/codegen';

/** What is to be measured next to others. */
export interface Lap<Ready> {
  readonly ready: Ready;
  /** Dispatches, one after the other. */
  readonly repeats: number;
}

export interface TacticTimer<Ready = unknown> {
  /** The shortest time, in microseconds, that a lap should take to be told well. */
  readonly leastUs: number;
  /** Compiles; several may be under way at once. Rejects with what is wrong with the candidate, or DEVICE_LOST. */
  compile(candidate: Candidate): Promise<Ready>;
  /** Microseconds of one dispatch of each lap. Rejects with what went wrong, or DEVICE_LOST. */
  measure(laps: readonly Lap<Ready>[]): Promise<number[]>;
  dispose(): void;
}
