// What a timing cache has.

import type { DeviceKey } from './device-key.ts';

/** What is known of a tactic for a problem. */
export interface TacticRecord {
  /** The kernel's, of which other versions may write another shader. */
  readonly version: number;
  /** Median time of a dispatch in microseconds; absent where it failed. */
  readonly us?: number;
  /** Half the distance between the quartiles by the median. */
  readonly spread?: number;
  /** How often it was measured. */
  readonly rounds?: number;
  /** Why it cannot be taken. */
  readonly failed?: string;
}

/** By tactic, as `tacticName`. */
export type ProblemRecords = Map<string, TacticRecord>;

export interface DeviceRecords {
  readonly key: DeviceKey;
  /** By key of the problem. */
  readonly problems: Map<string, ProblemRecords>;
}
