// trtx build: from a model to an engine file.

import { type BuildOptions, build, type Float16Build } from '@trtx/builder';
import { inspectEngine } from '@trtx/engine';
import { importOptions } from '@trtx/plugin';
import { drawGraph } from '@trtx/viewer';
import type { Command } from 'commander';
import { addCommand, INT64, parseBytes, parseInt64, parseLevel } from '../command.ts';
import { buildTarget } from '../device.ts';
import { addDeviceOption, type DeviceFlags } from '../device-features.ts';
import { requireOutput, writeWhole } from '../files.ts';
import { addFloat16Options, type Float16Flags, float16From } from '../float16.ts';
import { loadModel } from '../model.ts';
import { addPageOption, type PageContents, type PageOptions, pageLines, requirePage, writePage } from '../page.ts';
import { addPluginOption, loadPlugins, type PluginOptions } from '../plugins.ts';
import { addProfileOptions } from '../profiles.ts';
import { engineRows } from '../report/engine.ts';
import { float16Lines } from '../report/float16.ts';
import type { Session } from '../session.ts';
import { bytesText, table, timeText } from '../text.ts';
import {
  addTuningOptions,
  requireTuning,
  type TuningOptions,
  timingsFor,
  tuningData,
  tuningRows,
  wantsTimings,
} from '../tuning.ts';
import { addValueOptions, type ValueOptions } from '../values.ts';

interface Options extends PluginOptions, ValueOptions, PageOptions, Float16Flags, DeviceFlags, TuningOptions {
  readonly output: string;
  readonly O: BuildOptions['level'];
  readonly portable?: boolean;
  readonly host: boolean;
  readonly int64: 'checked' | 'host';
  readonly workspace?: number;
  readonly strip?: boolean;
}

export function addBuild(program: Command, session: Session): void {
  const command = addCommand(program, {
    usage: 'build <model>',
    summary: 'Builds an engine file from an ONNX model, for the adapter at hand.',
    examples: [
      'trtx build model.onnx -o model.trtx',
      'trtx build model.onnx -o half.trtx --fp16',
      'trtx build model.onnx -o model.trtx --tuning-budget 60 --timing-cache times.json',
      "trtx build detector.onnx -o detector.trtx --shapes 'x:1x3x{32..960:32}x{32..960:32}'",
      "trtx build net.onnx -o net.trtx --profile one --shapes x:1x3 --profile many --shapes 'x:{2..64}x3'",
    ],
  }).requiredOption('-o, --output <file>', 'the engine file');
  const profiles = addProfileOptions(command);
  addValueOptions(command);
  command
    .option('-O <level>', 'optimization, 0 to 3', parseLevel, 2)
    .option('--no-host', 'fail with a list of the nodes that the host would have to compute at each run')
    .option('--int64 <where>', INT64, parseInt64, 'checked')
    .option('--workspace <bytes>', 'fail where intermediate tensors need more, as 64MiB', parseBytes)
    .option('--strip', 'leave the weights out of the file: trtx refit gives it some')
    .option('--portable', 'ask only for what every WebGPU device has')
    .action((model: string, options: Options) => buildEngine(model, { ...options, ...profiles() }, session));
  addFloat16Options(command);
  addDeviceOption(command);
  addTuningOptions(command);
  addPageOption(command);
  addPluginOption(command);
}

async function buildEngine(
  model: string,
  options: Options & Pick<BuildOptions, 'profile' | 'profiles'>,
  session: Session,
): Promise<void> {
  const {
    output,
    O: level,
    portable = false,
    host,
    int64,
    workspace,
    strip,
    profile,
    profiles,
    deviceFeatures,
  } = options;
  const fp16 = float16From(options);
  await requireOutput(output, model);
  await requirePage(options, model, output);
  await requireTuning(options, model);
  const plugins = await loadPlugins(options);
  const start = performance.now();
  session.progress.show('read', 0, 1, model);
  // The number of axes may depend on sizes that the profile gives.
  const { graph, nodes } = await loadModel(model, session.log, { profile, ...importOptions(plugins) }, options);
  const before = options.html === undefined ? undefined : drawGraph(graph);
  let optimized: Pick<PageContents, 'after' | 'trace'> | undefined;
  const float16: Float16Build[] = [];
  const timed = wantsTimings(options);
  const { description, release, ...device } = await buildTarget(deviceFeatures, { portable, timed }, session.log);
  session.useAdapter(description);
  const { target } = device;
  const common = { profile, profiles, level, plugins, target, noHost: !host, int64, fp16, logger: session.log };
  const tuned = await timingsFor(graph, common, device, options, session).finally(release);
  const { timings, errorOnCacheMiss } = tuned;
  const { plan, file } = build(graph, {
    ...common,
    timings,
    errorOnCacheMiss,
    workspace,
    strip,
    sourceNodes: nodes,
    onFloat16: (report) => float16.push(report),
    onOptimized: (after, { trace }) => {
      // Of several profiles the first is drawn.
      if (before) optimized ??= { after: drawGraph(after), trace };
    },
    onProgress: ({ stage, done, total, label }) => session.progress.show(stage, done, total, label),
  });
  await writeWhole(output, file.chunks);
  const page = before && optimized && (await writePage(options.html!, { model, before, ...optimized }));
  const buildMs = performance.now() - start;
  const summary = inspectEngine(plan);
  // Of several profiles the first is told of, as it is with the summary.
  const [half] = float16;
  const more = { ...(half ? { float16: half } : {}), ...tuningData(tuned), ...(page ? { page } : {}) };
  session.result({ output, bytes: file.size, buildMs, ...summary, ...more }, [
    `${output}: ${bytesText(file.size)}, built in ${timeText(buildMs)}`,
    ...table([...engineRows(summary), ...tuningRows(tuned)], '  '),
    ...float16Lines(half),
    ...pageLines(page),
  ]);
}
