// trtx bench: how long an engine takes, by the practice of trtexec.

import { bench, PERCENTILES } from '@trtx/profiler';
import type { Command } from 'commander';
import { parsePercentiles, parsePositive, parseWhole } from '../command.ts';
import { requireOutput, writeWhole } from '../files.ts';
import { benchData, benchLines, benchTimes } from '../report/bench.ts';
import type { Session } from '../session.ts';
import { addTimingCommand, type TimingOptions, timeEngine } from '../timing.ts';

interface Options extends TimingOptions {
  readonly warmUp: number;
  readonly iterations: number;
  readonly duration: number;
  readonly contexts: number;
  readonly inFlight: number;
  readonly percentile: readonly number[];
  readonly transfers: boolean;
  readonly exportTimes?: string;
}

export function addBench(program: Command, session: Session): void {
  addTimingCommand(program, {
    usage: 'bench <file>',
    summary: 'Times an engine, or the engine of a model: load, first run, GPU, recording and submitting, end to end.',
    examples: [
      'trtx bench model.trtx',
      'trtx bench model.onnx --shapes x:1x3x224x224 --in-flight 2 --json',
      'trtx bench model.trtx --input x=@x.npy --no-transfers --export-times times.json',
    ],
  })
    .option('--warm-up <ms>', 'milliseconds of runs that do not count', parsePositive, 200)
    .option('--iterations <n>', 'the least number of runs', parseWhole(1, 1e9), 10)
    .option('--duration <s>', 'the least time that they take, in seconds', parsePositive, 3)
    .option('--contexts <n>', 'execution contexts side by side', parseWhole(1, 64), 1)
    .option('--in-flight <n>', 'runs of each context that are under way at once', parseWhole(1, 64), 1)
    .option('--percentile <numbers>', 'percentiles to tell', parsePercentiles, PERCENTILES)
    .option('--no-transfers', 'leave inputs and outputs on the GPU')
    .option('--export-times <file>', 'write the times of each run as JSON')
    .action((file: string, options: Options) => benchFile(file, options, session));
}

async function benchFile(file: string, options: Options, session: Session): Promise<void> {
  const { exportTimes, percentile } = options;
  if (exportTimes) await requireOutput(exportTimes, file);
  const { report, buildMs } = await timeEngine(
    file,
    options,
    { session },
    async ({ engine, inputs, load, buildMs }) => {
      session.progress.show('runs', 0, 1, file);
      const times = { ...options, warmUpMs: options.warmUp, durationMs: options.duration * 1000, load };
      return { report: await bench(engine, inputs, times), buildMs };
    },
  );
  if (exportTimes) await writeWhole(exportTimes, [benchTimes(report)]);
  session.result(benchData(report, { file, buildMs, percentile }), benchLines(report, percentile));
  if (report.notes.some(({ code }) => code === 'NOT_FINITE')) session.status = 1;
}
