// trtx bench: how long an engine takes, by the practice of trtexec.

import { TrtxError } from '@trtx/errors';
import { bench, PERCENTILES } from '@trtx/profiler';
import type { Command } from 'commander';
import { parsePercentiles, parsePositive, parseWhole } from '../command.ts';
import { requireFile, requireOutput, writeWhole } from '../files.ts';
import { isEngineFile } from '../model.ts';
import { type OpponentChoice, parseOpponent } from '../opponents/index.ts';
import { benchData, benchLines, benchTimes } from '../report/bench.ts';
import { float16Lines } from '../report/float16.ts';
import { versusData, versusLines } from '../report/versus.ts';
import type { Session } from '../session.ts';
import { addTimingCommand, type TimingOptions, timeEngine } from '../timing.ts';
import { timeVersus } from '../versus.ts';

interface Options extends TimingOptions {
  readonly warmUp: number;
  readonly iterations: number;
  readonly duration: number;
  readonly contexts: number;
  readonly inFlight: number;
  readonly percentile: readonly number[];
  readonly transfers: boolean;
  readonly exportTimes?: string;
  readonly vs?: string;
  readonly vsLimit: number;
  readonly vsModel?: string;
}

export function addBench(program: Command, session: Session): void {
  addTimingCommand(program, {
    usage: 'bench <file>',
    summary: 'Times an engine, or the engine of a model: load, first run, GPU, recording and submitting, end to end.',
    examples: [
      'trtx bench model.trtx',
      'trtx bench model.onnx --shapes x:1x3x224x224 --in-flight 2 --json',
      'trtx bench model.trtx --input x=@x.npy --no-transfers --export-times times.json',
      'trtx bench model.onnx --vs ort-node',
      'trtx bench model.onnx --fp16 --device-features default',
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
    .option(
      '--vs <engine>',
      'then time a model beside ort-node, ort-web or tfjs, in turn; ort-node:cpu: on another provider',
    )
    .option('--vs-limit <s>', 'seconds that it may take to load the model and run it once', parsePositive, 300)
    .option('--vs-model <file>', "the same network as the other engine takes it: TensorFlow.js's model.json")
    .action((file: string, options: Options) => benchFile(file, options, session));
}

async function benchFile(file: string, options: Options, session: Session): Promise<void> {
  const { exportTimes, percentile, vs } = options;
  if (exportTimes) await requireOutput(exportTimes, file);
  const opponent = vs === undefined ? undefined : await opponentFor(file, vs, options.vsModel);
  const { report, versus, buildMs, float16 } = await timeEngine(file, options, { session }, async (timed) => {
    const { engine, inputs, load, buildMs, float16 } = timed;
    const times = { ...options, warmUpMs: options.warmUp, durationMs: options.duration * 1000, load };
    session.progress.show('runs', 0, 1, '');
    const report = await bench(engine, inputs, times);
    if (opponent) session.progress.show('pairs', 0, 1, vs!);
    return { report, versus: opponent && (await timeVersus(opponent, file, timed, times)), buildMs, float16 };
  });
  if (exportTimes) await writeWhole(exportTimes, [benchTimes(report)]);
  const data = benchData(report, { file, buildMs, percentile });
  const more = { ...(float16 ? { float16 } : {}), ...(versus ? { vs: versusData(versus) } : {}) };
  session.result({ ...data, ...more }, [
    ...float16Lines(float16),
    ...benchLines(report, { buildMs, percentile }),
    ...(versus ? versusLines(versus) : []),
  ]);
  const isWrong = versus?.outputs.some(({ ok }) => !ok);
  if (isWrong || report.notes.some(({ code }) => code === 'NOT_FINITE')) session.status = 1;
}

async function opponentFor(file: string, text: string, twin?: string): Promise<OpponentChoice> {
  const opponent = parseOpponent(text, twin);
  if (twin) await requireFile(twin);
  if (await isEngineFile(file))
    throw new TrtxError('USAGE', '--vs needs the model that the other engine is to load', {
      file,
      hint: 'Name the ONNX model: its engine is built first.',
    });
  return opponent;
}
