// Ops that are no step of versions, but are written in other ops altogether.

import type { Spelling } from './node.ts';

/** How an op is written. */
export interface SpelledOp {
  readonly spell: Spelling;
  /** Inputs whose elements steer shapes. */
  readonly steers?: readonly number[];
}

/** Ops by name; those whose inputs are all data by their spelling alone. */
export type SpelledOps = Readonly<Record<string, Spelling | SpelledOp>>;

/** Families of ops as one table. */
export function spelledTable(families: readonly SpelledOps[]): ReadonlyMap<string, SpelledOp> {
  const entries = families.flatMap((family) => Object.entries(family));
  return new Map(entries.map(([name, op]) => [name, typeof op === 'function' ? { spell: op } : op]));
}
