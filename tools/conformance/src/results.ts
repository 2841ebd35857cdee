// A run's results as a file: what became of each case, and where the nodes of each op were computed.

import { readFileSync, writeFileSync } from 'node:fs';
import type { BackendName, PlacesByOp } from './backends.ts';
import type { CaseResult } from './pool.ts';

export interface Results {
  readonly backend: BackendName;
  readonly cases: readonly CaseResult[];
}

export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
}

export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

/** Where the nodes of each op were computed, over all cases. */
export function placesOf({ cases }: Results): PlacesByOp {
  const sums: Record<string, { gpu: number; build: number; host: number }> = {};
  for (const { places = {} } of cases)
    for (const [op, { gpu, build, host }] of Object.entries(places)) {
      sums[op] ??= { gpu: 0, build: 0, host: 0 };
      sums[op].gpu += gpu;
      sums[op].build += build;
      sums[op].host += host;
    }
  return sums;
}
