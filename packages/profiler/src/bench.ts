// Times whole runs, by the practice of TensorRT's trtexec: some runs to warm up, then as many as are asked for and for as
// long, with percentiles of the GPU's time, of the caller's and of both together.
import { type Plan, walkSteps } from '@trtx/engine';
import type { Engine, ExecutionContext, HostTensor } from '@trtx/runtime';
import { boundNotes, finiteNotes, timerNotes } from './notes.ts';
import { PassTimer, type TimedRun } from './pass-timer.ts';
import { planFor } from './plan-for.ts';
import type { BenchReport, LoadTimes, RunTimes } from './report.ts';
import { type Feed, hostFeed, residentFeed } from './resident.ts';
import { milliseconds } from './timer-quality.ts';
import { hasTimestamps } from './timestamps.ts';

export interface BenchOptions {
  /** Execution contexts that run side by side, 1 by default. */
  readonly contexts?: number;
  /** Runs of each context that are under way at once, 1 by default. */
  readonly inFlight?: number;
  /** Milliseconds of runs that do not count, 200 by default. */
  readonly warmUpMs?: number;
  /** The least number of runs, 10 by default. */
  readonly iterations?: number;
  /** The least time that they take, in milliseconds, 3000 by default. */
  readonly durationMs?: number;
  /** False leaves inputs and outputs on the GPU. */
  readonly transfers?: boolean;
  /** What `loadTimed` told, for the report. */
  readonly load?: LoadTimes;
}

/** Runs the engine again and again with the same inputs. Throws as `ExecutionContext.run`. */
export async function bench(
  engine: Engine,
  inputs: Readonly<Record<string, HostTensor>>,
  options: BenchOptions = {},
): Promise<BenchReport> {
  const { contexts = 1, inFlight = 1, transfers = true, load } = options;
  const lanes: Lane[] = [];
  const plan = planFor(
    engine.plan,
    engine.plan.inputs.map(({ name }) => inputs[name]!.dims),
  );
  const timer = hasTimestamps(engine.device) ? new PassTimer(engine.device) : undefined;
  try {
    for (let i = 0; i < contexts; i++) {
      const feed = transfers ? hostFeed(inputs) : residentFeed(engine.device, plan, inputs);
      lanes.push({ context: engine.createContext({ runsInFlight: inFlight }), feed });
    }
    const start = performance.now();
    const outputs = await lanes[0]!.context.run(inputs);
    const firstRunMs = performance.now() - start;
    const { runs, notes } = await timeRuns(engine.device, plan, lanes, { ...options, timer });
    const all = [...notes, ...boundNotes(runs), ...finiteNotes(outputs)];
    return { engine: engine.plan.name, ...(load ? { load } : {}), firstRunMs, runs, notes: all };
  } finally {
    for (const { context, feed } of lanes) {
      await context.dispose();
      feed.destroy();
    }
    timer?.destroy();
  }
}

/** A context, and what its runs read and write. */
interface Lane {
  readonly context: ExecutionContext;
  readonly feed: Feed;
}

interface Sample {
  readonly latency: number;
  readonly encode: number;
  readonly timed: TimedRun | undefined;
}

type TimeOptions = BenchOptions & { readonly timer: PassTimer | undefined };

async function timeRuns(device: GPUDevice, plan: Plan, lanes: readonly Lane[], options: TimeOptions) {
  const { inFlight = 1, warmUpMs = 200, iterations = 10, durationMs = 3000, transfers = true, timer } = options;
  const { queue } = device;

  const once = async ({ context, feed }: Lane): Promise<Sample> => {
    const timed = timer?.begin();
    const called = performance.now();
    const done = context.run(feed.inputs, { outputs: feed.outputs, instrument: timed?.instrument });
    const returned = performance.now();
    await done;
    // With outputs that stay on the GPU, a run resolves at its submit.
    if (!transfers) await queue.onSubmittedWorkDone();
    return { latency: performance.now() - called, encode: returned - called, timed };
  };
  const repeat = async (leastRuns: number, leastMs: number): Promise<Sample[]> => {
    const samples: Sample[] = [];
    const start = performance.now();
    let begun = 0;
    const worker = async (lane: Lane) => {
      while (begun < leastRuns || performance.now() - start < leastMs) {
        begun++;
        samples.push(await once(lane));
      }
    };
    await Promise.all(lanes.flatMap((lane) => Array.from({ length: inFlight }, () => worker(lane))));
    return samples;
  };

  // Each lane once at least: its first run makes its memory.
  const warm = await repeat(lanes.length * inFlight, warmUpMs);
  await timer?.read(warm.flatMap(({ timed }) => timed ?? []));
  const start = performance.now();
  const samples = await repeat(iterations, durationMs);
  const wallMs = performance.now() - start;
  const passes = timer ? await timer.read(samples.map(({ timed }) => timed!)) : undefined;
  const notes = timerNotes(passes?.flat());
  const gpu = passes?.flatMap((intervals) => {
    const times = intervals.map(milliseconds);
    return times.includes(undefined) ? [] : [(times as number[]).reduce((sum, ms) => sum + ms, 0)];
  });
  const isTold = gpu && gpu.length > 0 && !notes.some(({ code }) => code === 'TIMER_STILL');
  const ms = (values: readonly number[]) => ({ unit: 'ms', samples: values }) as const;
  const runs: RunTimes = {
    contexts: lanes.length,
    inFlight,
    transfers,
    wallMs,
    runsPerSecond: (samples.length * 1000) / wallMs,
    latency: ms(samples.map(({ latency }) => latency)),
    ...(isReplayed(plan) ? { encode: ms(samples.map(({ encode }) => encode)) } : {}),
    ...(isTold ? { gpu: ms(gpu) } : {}),
  };
  return { runs, notes };
}

/** Whether a run is recorded and submitted in one piece, while it is called. */
function isReplayed({ steps, inputs, outputs }: Plan): boolean {
  const isPlain = [...walkSteps(steps)].every(({ kind }) => kind === 'dispatches' || kind === 'copy');
  return isPlain && [...inputs, ...outputs].every(({ buffer }) => buffer !== undefined);
}
