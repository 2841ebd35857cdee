// trtx bench: how long an engine takes, by the practice of trtexec.

import { openBackend } from '@trtx/builder/node';
import { bench, loadTimed, PERCENTILES } from '@trtx/profiler';
import type { HostTensor } from '@trtx/runtime';
import type { Command } from 'commander';
import { addCommand, collect, parseLevel, parsePercentiles, parsePositive, parseWhole } from '../command.ts';
import { openExecutable } from '../executable.ts';
import { requireOutput, writeWhole } from '../files.ts';
import { readInputs } from '../inputs.ts';
import { addPluginOption, loadPlugins, type PluginOptions } from '../plugins.ts';
import { benchData, benchLines, benchTimes } from '../report/bench.ts';
import type { Session } from '../session.ts';
import { parseSizes } from '../shapes.ts';
import { parseInputs } from '../tensors/spec.ts';

interface Options extends PluginOptions {
  readonly input?: readonly string[];
  readonly shapes?: readonly string[];
  readonly O: 0 | 1 | 2 | 3;
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
  const command = addCommand(program, {
    usage: 'bench <file>',
    summary: 'Times an engine, or the engine of a model: load, first run, GPU, recording and submitting, end to end.',
    examples: [
      'trtx bench model.trtx',
      'trtx bench model.onnx --shapes x:1x3x224x224 --in-flight 2 --json',
      'trtx bench model.trtx --input x=@x.npy --no-transfers --export-times times.json',
    ],
  })
    .option('-i, --input <spec>', 'an input, as for trtx run; random where there is none', collect)
    .option('--shapes <spec>', 'sizes of dynamic inputs, x:1x3x224x224; a model is built for exactly these', collect)
    .option('-O <level>', 'of a model: optimization, 0 to 3', parseLevel, 2)
    .option('--warm-up <ms>', 'milliseconds of runs that do not count', parsePositive, 200)
    .option('--iterations <n>', 'the least number of runs', parseWhole(1, 1e9), 10)
    .option('--duration <s>', 'the least time that they take, in seconds', parsePositive, 3)
    .option('--contexts <n>', 'execution contexts side by side', parseWhole(1, 64), 1)
    .option('--in-flight <n>', 'runs of each context that are under way at once', parseWhole(1, 64), 1)
    .option('--percentile <numbers>', 'percentiles to tell', parsePercentiles, PERCENTILES)
    .option('--no-transfers', 'leave inputs and outputs on the GPU')
    .option('--export-times <file>', 'write the times of each run as JSON');
  command.action((file: string, options: Options) => benchFile(file, options, session));
  addPluginOption(command);
}

/** Dawn's own rounding of timers, which protects web pages from each other, has no use here. */
const EXACT_TIMER = ['disable-dawn-features=timestamp_quantization'];

async function benchFile(file: string, options: Options, session: Session): Promise<void> {
  const sources = parseInputs(options.input ?? []);
  const sizes = parseSizes('--shapes', options.shapes ?? []);
  const { O: level, exportTimes } = options;
  if (exportTimes) await requireOutput(exportTimes, file);
  const plugins = await loadPlugins(options);
  const backend = await openBackend('webgpu', { flags: EXACT_TIMER });
  try {
    session.useAdapter(backend.description);
    const profile = options.shapes ? sizes : undefined;
    const executable = await openExecutable(file, backend.gpu!, { level, plugins, profile }, session);
    try {
      const { source, hostOps, buildMs, plan } = executable;
      for (const { name } of plan.inputs) if (!sources.has(name)) sources.set(name, { kind: 'random', seed: 0 });
      const inputs = await readInputs(plan, sources, { sizes });
      const { engine, times } = await loadTimed(source, {
        device: backend.gpu!.device,
        hostOps,
        onProgress: ({ stage, done, total, label }) => session.progress.show(stage, done, total, label),
      });
      session.progress.show('runs', 0, 1, file);
      const report = await bench(engine, Object.fromEntries(inputs) as Record<string, HostTensor>, {
        ...options,
        warmUpMs: options.warmUp,
        durationMs: options.duration * 1000,
        load: times,
      });
      await engine.dispose();
      if (exportTimes) await writeWhole(exportTimes, [benchTimes(report)]);
      session.result(benchData(report, { ...options, file, buildMs }), benchLines(report, options.percentile));
      if (report.notes.some(({ code }) => code === 'NOT_FINITE')) session.status = 1;
    } finally {
      await executable.close();
    }
  } finally {
    backend.release();
  }
}
