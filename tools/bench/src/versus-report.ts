// What versus.ts measures, as `--json` prints it and the table of docs/benchmarks.md takes it.

import type { Row } from './page.ts';

/** Of what `trtx bench --vs --json` prints. Milliseconds. */
export interface Bench {
  readonly adapter?: string;
  readonly vs?: {
    readonly name: string;
    readonly firstRunMs: number;
    readonly ours: { readonly median: number };
    readonly theirs: { readonly median: number };
    readonly ratio: { readonly median: number };
    readonly outputs: readonly { readonly ok: boolean; readonly maxAbs: number | null }[];
  };
  readonly error?: { readonly message: string };
}

export interface Result extends Bench {
  /** As `--vs` takes it. */
  readonly peer: string;
  /** Whether it was timed, and outputs are the same. */
  readonly isRight: boolean;
}

export interface VersusReport {
  readonly network: string;
  readonly dims: readonly number[];
  /** 2026-11-28 */
  readonly date: string;
  readonly results: readonly Result[];
}

/** The rows of those that were timed and gave the same. */
export function rowsOf({ network, dims, date, results }: VersusReport): Row[] {
  return results.flatMap(({ isRight, adapter = 'unnamed adapter', vs }): Row[] => {
    if (!isRight || !vs) return [];
    const [trtxMs, ortMs, ratio] = [vs.ours.median, vs.theirs.median, vs.ratio.median];
    return [{ network, dims, against: vs.name, adapter, trtxMs, ortMs, ratio, date }];
  });
}
