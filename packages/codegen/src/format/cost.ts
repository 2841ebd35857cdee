// What formats cost, in the unit of the contractions' cost: a step of one invocation.

import { PARALLELISM, type Target } from '../target.ts';

/** Steps of one element of a copy, and of one that is read or written where its neighbours are not. */
const COPY = 6;
const SCATTERED = 6;

/** A dispatch, in steps of an invocation of a GPU that is full. */
const LAUNCH = 100;

/** A dispatch that copies n elements into another order. */
export function copyCost(target: Target, n: number): number {
  return target.software ? n * COPY * 3 : (Math.max(n / PARALLELISM, 1) * (COPY + SCATTERED) + LAUNCH) * PARALLELISM;
}

/** What it costs more to read or write n elements in another order than they lie in. */
export function scatterCost(target: Target, n: number): number {
  return target.software ? n : n * SCATTERED;
}
