import { dispatchesOf } from '@trtx/engine';
import { type Graph, GraphBuilder } from '@trtx/ir';
import { expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { problemsOf } from '../problem/problems.ts';
import type { Timings } from '../problem/timings.ts';
import type { Tactic } from '../tactics.ts';
import { ones } from '../testing/groups.ts';

/** Convolutions between an input and an output, which are row-major. */
function graphOf(): Graph {
  const b = new GraphBuilder('net');
  let x = b.input('x', 'float32', [1, 8, 10, 10]);
  for (let i = 0; i < 3; i++) x = b.Relu(b.Conv(x, ones(b, 8, 8, 3, 3), ones(b, 8), { pads: [1, 1, 1, 1] }));
  b.output('y', x);
  return b.graph;
}

/** What tactics take, by what they read and write. */
const timed = (us: (tactic: Tactic, problem: string) => number | undefined): Timings => ({
  of(problem, tactic) {
    const known = us(tactic, problem);
    return known === undefined ? undefined : { us: known };
  },
});

const isLast = ({ formats }: Tactic) => formats.reads === 'channels-last' || formats.writes === 'channels-last';
const lastOnes = (timings?: Timings) =>
  [...dispatchesOf(compile(graphOf(), { timings }).plan.steps)].filter(({ label }) => /channels-last/.test(label))
    .length;

it('formats follow what was measured, whatever the cost model says', () => {
  expect(lastOnes(timed((tactic) => (isLast(tactic) ? 100 : 1)))).toBe(0);
  expect(lastOnes(timed((tactic) => (isLast(tactic) ? 1 : 1000)))).toBeGreaterThan(1);
  expect(lastOnes(timed(() => undefined))).toBe(lastOnes());
});

it('what was not timed is worth what its group and the others suggest', () => {
  // Of one variant nothing is known: the cost model tells how it stands to that of which something is.
  const known = timed((tactic) => (isLast(tactic) ? undefined : 1000 * tactic.cost));
  expect(lastOnes(known)).toBe(lastOnes());
});

it('groups with a choice of formats are problems in all of them, with the formats that they are for', () => {
  const problems = problemsOf(graphOf(), { variants: true });
  const keys = problems.filter(({ isOpen }) => isOpen).map(({ key }) => key);
  const convs = keys.filter((key) => key.includes('*Conv('));
  expect(convs.length).toBeGreaterThan(2);
  expect(convs.some((key) => /Conv\(m0\S* \S+ channels-last/.test(key) && /channels-last = %1/.test(key))).toBe(true);
  expect(convs.some((key) => /; m\d float32\[[\d,]+\] = %1/.test(key))).toBe(true);
  for (const { tactics, candidate } of problems) {
    for (const { wgsl } of candidate(tactics[0]!).stages) expect(wgsl).toContain('fn main(');
  }
});

it('variants become the problems of the build that takes them', () => {
  const variants = new Set(problemsOf(graphOf(), { variants: true }).map(({ key }) => key));
  const timings = timed(({ cost }) => cost);
  const chosen = problemsOf(graphOf(), { timings, select: (_, tactics) => tactics.slice(0, 1) });
  for (const { key, isOpen } of chosen) if (isOpen) expect(variants).toContain(key);
});
