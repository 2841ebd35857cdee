// Times whole runs, by the practice of TensorRT's trtexec: some runs to warm up, then as many as are asked for and for as
// long, with percentiles of the GPU's time, of the caller's and of both together.
import { type Plan, walkSteps } from '@trtx/engine';
import type { Engine, ExecutionContext, HostTensor } from '@trtx/runtime';
import { boundNotes, finiteNotes, timerNotes } from './notes.ts';
import { PassTimer, type TimedRun } from './pass-timer.ts';
import { ranPlan } from './ran.ts';
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
  /** The least time that they take, in milliseconds, 3000 by default. Runs for the GPU's time take a third of it more. */
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
  const timer = hasTimestamps(engine.device) ? new PassTimer(engine.device) : undefined;
  const made = Array.from({ length: contexts }, () => engine.createContext({ runsInFlight: inFlight }));
  try {
    const start = performance.now();
    const outputs = await made[0]!.run(inputs);
    const firstRunMs = performance.now() - start;
    const plan = ranPlan(engine, made[0]!);
    for (const context of made) {
      lanes.push({ context, feed: transfers ? hostFeed(inputs) : residentFeed(engine.device, plan, inputs) });
    }
    const { runs, notes } = await timeRuns(engine.device, plan, lanes, { ...options, timer });
    const all = [...notes, ...boundNotes(runs), ...finiteNotes(outputs)];
    return { engine: engine.plan.name, ...(load ? { load } : {}), firstRunMs, runs, notes: all };
  } finally {
    for (const context of made) await context.dispose();
    for (const { feed } of lanes) feed.destroy();
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
}

type TimeOptions = BenchOptions & { readonly timer: PassTimer | undefined };

async function timeRuns({ queue }: GPUDevice, plan: Plan, lanes: readonly Lane[], options: TimeOptions) {
  const { inFlight = 1, warmUpMs = 200, iterations = 10, durationMs = 3000, transfers = true, timer } = options;

  const once = async ({ context, feed }: Lane): Promise<Sample> => {
    const called = performance.now();
    const done = context.run(feed.inputs, { outputs: feed.outputs });
    const returned = performance.now();
    await done;
    // With outputs that stay on the GPU, a run resolves at its submit.
    if (!transfers) await queue.onSubmittedWorkDone();
    return { latency: performance.now() - called, encode: returned - called };
  };
  const onceTimed = async ({ context, feed }: Lane): Promise<TimedRun> => {
    const timed = timer!.begin();
    await context.run(feed.inputs, { outputs: feed.outputs, instrument: timed.instrument });
    if (!transfers) await queue.onSubmittedWorkDone();
    return timed;
  };
  const repeat = async <T>(run: (lane: Lane) => Promise<T>, leastRuns: number, leastMs: number): Promise<T[]> => {
    const samples: T[] = [];
    const start = performance.now();
    let begun = 0;
    const worker = async (lane: Lane) => {
      while (begun < leastRuns || performance.now() - start < leastMs) {
        begun++;
        samples.push(await run(lane));
      }
    };
    await Promise.all(lanes.flatMap((lane) => Array.from({ length: inFlight }, () => worker(lane))));
    return samples;
  };

  // Each lane once at least: its first run makes its memory.
  await repeat(once, lanes.length * inFlight, warmUpMs);
  const start = performance.now();
  const samples = await repeat(once, iterations, durationMs);
  const wallMs = performance.now() - start;
  // Apart from those: timestamps take time too, and a run with them cannot be recorded ahead.
  const passes = timer && (await timer.read(await repeat(onceTimed, iterations, durationMs / 3)));
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
