// Tactics by measured times: the options, and what builds get of them.

import { type BuildOptions, deviceKey, TimingCache, type TuningReport, tune } from '@trtx/builder';
import { nodeImplementation, readTimingCache, writeTimingCache } from '@trtx/builder/node';
import type { Target } from '@trtx/codegen';
import { TrtxError } from '@trtx/errors';
import type { Graph } from '@trtx/ir';
import type { NodeDevice } from '@trtx/runtime/node';
import type { Command } from 'commander';
import { parsePositive } from './command.ts';
import { requireOutput } from './files.ts';
import type { Session } from './session.ts';
import { timeText } from './text.ts';

export interface TuningOptions {
  readonly tuningBudget?: number;
  readonly timingCache?: string;
  readonly errorOnCacheMiss?: boolean;
}

export function addTuningOptions(command: Command): Command {
  return command
    .option('--tuning-budget <s>', 'time kernels on the adapter for so many seconds at the most', parsePositive)
    .option('--timing-cache <file>', 'take tactics by the times in this file, and add what is timed to it')
    .option('--error-on-cache-miss', 'fail where a tactic would have to be chosen without a time');
}

/** Whether tactics are to be taken by times. */
export function wantsTimings({ tuningBudget, timingCache, errorOnCacheMiss }: TuningOptions): boolean {
  return tuningBudget !== undefined || timingCache !== undefined || errorOnCacheMiss === true;
}

/**
 * Fails where options of tuning are wrong, before anything is done.
 * @throws TrtxError USAGE, FILE_WRITE
 */
export async function requireTuning(options: TuningOptions, model: string): Promise<void> {
  const { tuningBudget, timingCache, errorOnCacheMiss } = options;
  if (errorOnCacheMiss && timingCache === undefined && tuningBudget === undefined)
    throw new TrtxError('USAGE', '--error-on-cache-miss without times', {
      hint: 'Name the cache: --timing-cache times.json.',
    });
  if (timingCache !== undefined) await requireOutput(timingCache, model);
}

export interface Tuned extends Pick<BuildOptions, 'timings' | 'errorOnCacheMiss'> {
  readonly tuning?: TuningReport;
}

/** What builds are made for and timed on. */
export interface TuningDevice {
  readonly gpu?: NodeDevice;
  readonly target: Target;
}

/**
 * Times what the options ask for, on the adapter at hand, and gives what the build is to take tactics by.
 * @throws TrtxError NO_ADAPTER, TIMING_CACHE, and as `tune`
 */
export async function timingsFor(
  graph: Graph,
  build: BuildOptions,
  { gpu, target }: TuningDevice,
  options: TuningOptions,
  session: Session,
): Promise<Tuned> {
  if (!wantsTimings(options)) return {};
  const { tuningBudget, timingCache, errorOnCacheMiss } = options;
  if (!gpu)
    throw new TrtxError('NO_ADAPTER', 'times are of an adapter, and this machine has none', {
      hint: 'Install a GPU driver, or build without --tuning-budget and --timing-cache.',
    });
  const cache = timingCache === undefined ? new TimingCache() : await readTimingCache(timingCache);
  const implementation = nodeImplementation();
  if (tuningBudget === undefined)
    return { timings: cache.device(deviceKey(gpu.device, target, implementation)), errorOnCacheMiss };
  const tuning = await tune(graph, {
    ...build,
    target,
    device: gpu.device,
    software: gpu.isFallback,
    implementation,
    budget: tuningBudget,
    cache,
    onTuning: ({ done, total, label, remainingMs }) =>
      session.progress.show('tune', done, total, `${timeText(remainingMs)} left: ${label}`),
  });
  if (timingCache !== undefined) await writeTimingCache(timingCache, cache);
  return { timings: tuning.timings, errorOnCacheMiss, tuning };
}

/** What came of it, for people. */
export function tuningRows({ tuning }: Tuned): [string, string][] {
  if (!tuning) return [];
  const { problems, timed, known, tactics, failed, seconds, lost } = tuning;
  const left = problems - timed - known;
  const text = [
    `${timed} problems timed`,
    ...(known > 0 ? [`${known} known`] : []),
    ...(left > 0 ? [`${left} left to the cost model`] : []),
    `${tactics} tactics in ${timeText(seconds * 1000)}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(lost ? [`the device was lost: ${lost}`] : []),
  ];
  return [['tuning', text.join(', ')]];
}

/** The same as data. */
export function tuningData({ tuning }: Tuned): object {
  if (!tuning) return {};
  const { problems, timed, known, tactics, failed, seconds, lost } = tuning;
  return { tuning: { problems, timed, known, tactics, failed, seconds, ...(lost ? { lost } : {}) } };
}
