import { expect, it } from 'vitest';
import type { Tactic } from '../tactics.ts';
import { byTime, type Timing } from './timings.ts';

/** The order of tactics of some costs, by what is known of each. */
function order(...known: readonly [cost: number, timing?: Timing][]): number[] {
  const tactics = known.map(([cost]) => ({ cost }) as Tactic);
  const timings = { of: (_: string, tactic: Tactic) => known.find(([cost]) => cost === tactic.cost)![1] };
  return byTime(tactics, '', timings).map(({ cost }) => cost);
}

it('what was timed comes first, the fastest before all', () => {
  expect(order([1, { us: 10 }], [2, { us: 9 }], [3], [4, { us: 8 }])).toEqual([4, 2, 1, 3]);
  expect(order([1], [2, { us: 9 }], [3, { us: 8.9 }])).toEqual([3, 2, 1]);
});

it("the cost model's choice stays before what is hardly faster", () => {
  expect(order([1, { us: 10 }], [2, { us: 9.8 }], [3, { us: 9.75 }])).toEqual([1, 3, 2]);
  expect(order([1, { us: 10 }], [2, { us: 9.8 }], [3, { us: 9.6 }])).toEqual([3, 2, 1]);
});

it('what failed is left out, unless all did', () => {
  const failed = { failed: 'it does not compile' };
  expect(order([1, failed], [2, { us: 10 }], [3, { us: 9.9 }], [4])).toEqual([2, 3, 4]);
  expect(order([1, failed], [2])).toEqual([2]);
  expect(order([1, failed], [2, failed])).toEqual([1, 2]);
});
