// The layer profile: GPU time of every dispatch, over as many runs as it takes for them to agree, beside what the dispatch
// computes and moves and what the device could do at best.
import { TrtxError } from '@trtx/errors';
import type { Engine, ExecutionContext, HostTensor } from '@trtx/runtime';
import { DispatchTimer, type PassMode, type TimedDispatch } from './dispatch-timer.ts';
import { type DispatchFacts, factsOf } from './facts.ts';
import { gpuSpans } from './gpu-spans.ts';
import { type Measurement, medianOf, statisticsOf } from './measurement.ts';
import { finiteNotes, timerNotes } from './notes.ts';
import { PassTimer } from './pass-timer.ts';
import { type DevicePeak, type Roof, roofOf } from './peak.ts';
import { ranPlan } from './ran.ts';
import type { Note } from './report.ts';
import type { Timeline } from './timeline.ts';
import { milliseconds } from './timer-quality.ts';
import { hasTimestamps, type Interval } from './timestamps.ts';

export interface ProfileOptions {
  /** The least number of runs, 5 by default. */
  readonly iterations?: number;
  /** The error of the mean of whole runs, relative, at which they agree: 0.01 by default. */
  readonly spread?: number;
  /** Where they do not agree, it ends after so many milliseconds, 10000 by default. */
  readonly mostMs?: number;
  /** How timestamps are taken; by default inside passes where the device can. */
  readonly mode?: PassMode;
  /** What the device can do, by `devicePeak`. */
  readonly peak?: DevicePeak;
  /** Of the device that the engine is on: gets the dispatches of a few runs, on the clock of the host. */
  readonly timeline?: Timeline;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DispatchProfile extends DispatchFacts {
  /** Of the last run; absent where the dispatch did not run. */
  readonly workgroups?: readonly [number, number, number];
  /** How often a run does it: more than once in loops. */
  readonly calls: number;
  /** For each run, over all calls. */
  readonly times: Measurement;
  /** Its part of the time of all dispatches, from 0 to 1. */
  readonly share: number;
  /** The least time that a run could spend on it, and what sets it. */
  readonly roof?: Roof;
}

export interface ProfileReport {
  readonly engine: string;
  /** The optimization profile that took the inputs: its name, or else its number. */
  readonly profile: string;
  readonly mode: PassMode;
  readonly runs: number;
  /** The GPU's time of whole runs as the runtime makes them, each measured beside a run that was taken apart. */
  readonly whole: Measurement;
  /**
   * Time of all dispatches divided by that of a whole run, each the least that it took: what else goes on on the machine
   * only adds to either.
   */
  readonly coverage: number;
  readonly peak?: DevicePeak;
  /** In the plan's order. */
  readonly dispatches: readonly DispatchProfile[];
  readonly notes: readonly Note[];
}

/**
 * Profiles an engine with the same inputs again and again.
 * @throws TrtxError NO_TIMESTAMPS, TIMER_UNUSABLE, and as `ExecutionContext.run`
 */
export async function profile(
  engine: Engine,
  inputs: Readonly<Record<string, HostTensor>>,
  options: ProfileOptions = {},
): Promise<ProfileReport> {
  const { device, plan } = engine;
  if (!hasTimestamps(device)) {
    throw new TrtxError(
      'NO_TIMESTAMPS',
      'the device has no timestamp queries, without which no dispatch can be timed',
      {
        hint: 'request the device with the feature timestamp-query, if its adapter has it; whole runs are timed without',
      },
    );
  }
  const context = engine.createContext();
  const [dispatchTimer, passTimer] = [new DispatchTimer(device, options.mode), new PassTimer(device)];
  try {
    const outputs = await context.run(inputs);
    const dims = plan.inputs.map(({ name }) => inputs[name]!.dims);
    const facts = factsOf(ranPlan(engine, context), dims);
    if (options.timeline) await trace(context, inputs, { timer: dispatchTimer, timeline: options.timeline, facts });
    const { runs, wholes } = await collect(context, inputs, dispatchTimer, passTimer, options);
    const intervals = [...runs.flat(), ...wholes.flat()];
    const notes = [...timerNotes(intervals), ...finiteNotes(outputs)];
    refuseUnusable(intervals, notes);
    const dispatches = profilesOf(facts, runs, options.peak);
    const whole = ms(wholes.flatMap((passes) => totalOf(passes) ?? []));
    return {
      engine: plan.name,
      profile: context.profile!,
      mode: dispatchTimer.mode,
      runs: runs.length,
      whole,
      coverage: coverageOf(runs, wholes),
      ...(options.peak ? { peak: options.peak } : {}),
      dispatches,
      notes,
    };
  } finally {
    await context.dispose();
    dispatchTimer.destroy();
    passTimer.destroy();
  }
}

/** Runs, each whole and taken apart in turn, so that a device whose speed drifts slows both. */
async function collect(
  context: ExecutionContext,
  inputs: Readonly<Record<string, HostTensor>>,
  dispatchTimer: DispatchTimer,
  passTimer: PassTimer,
  { iterations = 5, spread = 0.01, mostMs = 10_000, onProgress }: ProfileOptions,
) {
  const runs: TimedDispatch[][] = [];
  const wholes: Interval[][] = [];
  const start = performance.now();
  for (;;) {
    const whole = passTimer.begin();
    await context.run(inputs, { instrument: whole.instrument });
    wholes.push(...(await passTimer.read([whole])));
    const apart = dispatchTimer.begin();
    await context.run(inputs, { instrument: apart.instrument });
    runs.push(...(await dispatchTimer.read([apart])));
    onProgress?.(runs.length, Math.max(runs.length, iterations));
    if (runs.length < iterations) continue;
    const totals = ms(runs.flatMap((run) => totalOf(run) ?? []));
    const error = (statisticsOf(totals)?.spread ?? 0) / Math.sqrt(totals.samples.length);
    if (error < spread || performance.now() - start > mostMs) return { runs, wholes };
  }
}

/** Runs that the timeline shows. */
const TRACED = 3;

interface Tracing {
  readonly timer: DispatchTimer;
  readonly timeline: Timeline;
  readonly facts: readonly DispatchFacts[];
}

async function trace(
  context: ExecutionContext,
  inputs: Readonly<Record<string, HostTensor>>,
  { timer, timeline, facts }: Tracing,
): Promise<void> {
  const runs = [];
  for (let i = 0; i < TRACED; i++) {
    const run = timer.begin();
    const called = performance.now();
    await context.run(inputs, { instrument: run.instrument });
    timeline.add({ track: 'run', name: `run ${i + 1}`, begin: called, end: performance.now() });
    runs.push(run);
  }
  timeline.isOn = false;
  const dispatches = await timer.read(runs);
  timeline.isOn = true;
  for (const span of gpuSpans(
    dispatches,
    runs.map(({ recorded }) => recorded),
    facts,
  ))
    timeline.add(span);
  timeline.isOn = false;
}

function coverageOf(runs: readonly (readonly Interval[])[], wholes: readonly (readonly Interval[])[]): number {
  // A timer that counts in coarse steps may see nothing.
  const [apart, whole] = [runs, wholes].map((taken) => Math.min(...taken.flatMap((one) => totalOf(one) || [])));
  return apart! / whole!;
}

function profilesOf(
  facts: readonly DispatchFacts[],
  runs: readonly (readonly TimedDispatch[])[],
  peak: DevicePeak | undefined,
): DispatchProfile[] {
  const byOp = runs.map((run) => groupByOp(run));
  const profiles = facts.map((fact): Omit<DispatchProfile, 'share'> => {
    const calls = byOp.map((ops) => ops.get(fact.op) ?? []);
    const last = calls.at(-1)!;
    const times = ms(calls.flatMap((all) => (all.length > 0 ? (totalOf(all) ?? []) : [])));
    const roof = peak && roofFor(fact, peak, last.length);
    return {
      ...fact,
      ...(last[0] ? { workgroups: last[0].workgroups } : {}),
      calls: last.length,
      times,
      ...(roof ? { roof } : {}),
    };
  });
  const medians = profiles.map(({ times }) => medianOf(times.samples) || 0);
  const all = medians.reduce((sum, x) => sum + x, 0);
  return profiles.map((one, i) => ({ ...one, share: all > 0 ? medians[i]! / all : 0 }));
}

function groupByOp(run: readonly TimedDispatch[]): Map<number, TimedDispatch[]> {
  const groups = new Map<number, TimedDispatch[]>();
  for (const dispatch of run) groups.set(dispatch.op, [...(groups.get(dispatch.op) ?? []), dispatch]);
  return groups;
}

/** Where something is known of what a dispatch does. */
function roofFor(fact: DispatchFacts, peak: DevicePeak, calls: number): Roof | undefined {
  const { flops, bytesRead, bytesWritten } = fact;
  if (flops === undefined && bytesRead === undefined) return undefined;
  return roofOf(peak, (flops ?? 0) * calls, ((bytesRead ?? 0) + (bytesWritten ?? 0)) * calls);
}

/** Undefined where the timer went backwards. */
function totalOf(intervals: readonly Interval[]): number | undefined {
  const times = intervals.map(milliseconds);
  return times.includes(undefined) ? undefined : (times as number[]).reduce((sum, x) => sum + x, 0);
}

function ms(samples: readonly number[]): Measurement {
  return { unit: 'ms', samples };
}

function refuseUnusable(intervals: readonly Interval[], notes: readonly Note[]): void {
  const still = notes.some(({ code }) => code === 'TIMER_STILL');
  const wrong = intervals.length > 0 && intervals.every((interval) => milliseconds(interval) === undefined);
  if (!still && !wrong) return;
  throw new TrtxError('TIMER_UNUSABLE', `the device's timer ${still ? 'stands still' : 'goes backwards'}`, {
    hint: 'update the driver, or profile on another adapter',
  });
}
