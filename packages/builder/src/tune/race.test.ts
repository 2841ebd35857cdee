import type { Candidate } from '@trtx/codegen';
import { expect, it } from 'vitest';
import { type Behaviour, FakeTimer } from '../testing/timer.ts';
import { race } from './race.ts';

async function run(behaviours: readonly Behaviour[], deadline = Number.POSITIVE_INFINITY, end = deadline) {
  const candidates = behaviours.map((_, workgroups) => ({ stages: [{ workgroups }] }) as unknown as Candidate);
  const timer = new FakeTimer(({ stages: [stage] }) => behaviours[stage!.workgroups]!);
  const lost: number[] = [];
  const compiled = candidates.map((candidate) => timer.compile(candidate));
  for (const one of compiled) one.catch(() => {});
  const outcomes = await race(
    compiled.map((one) => ({ compiled: one })),
    timer,
    { deadline, end, now: timer.now },
    (place) => lost.push(place),
  ).catch(() => undefined);
  return { outcomes, timer, lost };
}

const steady =
  (us: number): Behaviour =>
  () =>
    us;
/** Between 0.9 and 1.1 of a time, in turn. */
const noisy =
  (us: number, from = 0): Behaviour =>
  (n) =>
    us * (0.9 + (((n + from) * 7) % 11) / 50);

it('stops where the leader is certain, and leaves out soon what is far behind', async () => {
  const { outcomes, timer } = await run([steady(10), steady(500), steady(30), steady(11)]);
  // 500 is out once it is warm, 30 after the first round, 11 once it is slower beyond its noise.
  expect(timer.laps).toEqual([1, 1, 1, 1, 3, 2, 2, 2]);
  expect(outcomes).toEqual([
    { us: 10, spread: 0, rounds: 4 },
    { us: 500, spread: 0, rounds: 1 },
    { us: 30, spread: 0, rounds: 1 },
    { us: 11, spread: 0, rounds: 4 },
  ]);
});

it('measures what is near more often, and finds it beneath the noise', async () => {
  const { outcomes } = await run([noisy(10), noisy(9.5, 5), noisy(14, 3)]);
  const [a, b, c] = outcomes!.map((outcome) => outcome!);
  expect(b!.us).toBeLessThan(a!.us!);
  expect(a!.us).toBeLessThan(c!.us!);
  expect(b!.rounds).toBeGreaterThan(c!.rounds!);
  expect(b!.spread).toBeGreaterThan(0.01);
});

it('takes no notice of a slow first dispatch', async () => {
  const { outcomes } = await run([(n) => (n === 0 ? 90 : 5), steady(10)]);
  expect(outcomes).toMatchObject([{ us: 5 }, { us: 10 }]);
});

it('repeats what is short, so that it can be told', async () => {
  const { timer } = await run([steady(0.5)]);
  expect(timer.time).toBeCloseTo((0.5 + 3 * 0.5 * 200) / 1000);
});

it('tells of what cannot be compiled or run, and goes on', async () => {
  const { outcomes } = await run(['invalid', 'fails', steady(10)]);
  expect(outcomes).toEqual([
    { failed: 'TACTIC_FAILED: unknown type' },
    { failed: 'TACTIC_FAILED: out of memory' },
    { us: 10, spread: 0, rounds: 3 },
  ]);
});

it('ends where time is up, with the first in any case', async () => {
  const { outcomes, timer } = await run([steady(10_000), steady(9000), steady(8000)], 15);
  expect(outcomes).toMatchObject([{ us: 10_000, rounds: 1 }, { us: 9000, rounds: 1 }, undefined]);
  expect(outcomes![2]).toBeUndefined();
  expect(timer.laps).toEqual([1, 1]);
});

it('makes something of what it began, where others are to have time too', async () => {
  const { outcomes, timer } = await run([1000, 900, 800, 700, 600, 500].map(steady), 0.5, 1000);
  // Four of them, in two rounds.
  expect(timer.laps).toEqual([1, 1, 1, 1, 4, 4]);
  expect(outcomes!.map((outcome) => outcome?.us)).toEqual([1000, 900, 800, 700, undefined, undefined]);
});

it('ends where the device is lost, and tells at which', async () => {
  const { outcomes, lost } = await run([steady(10), 'loses the device', steady(5)]);
  expect({ outcomes, lost }).toEqual({ outcomes: undefined, lost: [1] });
});

it('leaves out the slower half early, but never what would be taken without times', async () => {
  const { outcomes, timer } = await run([10.9, 10.6, 10.5, 10.4, 10.3, 10.2, 10.1, 10].map(steady));
  expect(timer.laps).toEqual([...new Array<number>(8).fill(1), 8, 5, 4, 4]);
  expect(outcomes!.map((outcome) => outcome!.rounds)).toEqual([4, 1, 1, 1, 2, 4, 4, 4]);
});
