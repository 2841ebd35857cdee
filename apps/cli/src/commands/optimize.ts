// trtx optimize: from a model to a smaller one that computes the same.

import type { Logger } from '@trtx/errors';
import { type Graph, printGraph, verify } from '@trtx/ir';
import { NEWEST_OPSET, OLDEST_EXPORTED_OPSET, surveyModel } from '@trtx/onnx';
import {
  FILE_PASSES,
  type Firing,
  type Float16Options,
  type Float16Report,
  type Level,
  type OptimizeReport,
  optimize,
  PIPELINES,
  shortenFile,
  toFloat16,
} from '@trtx/passes';
import { extensionsOf, importOptions, type Plugin } from '@trtx/plugin';
import { drawGraph } from '@trtx/viewer';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { addCommand, collect, collectNames, parseLevel, parseWhole } from '../command.ts';
import { readBytes } from '../files.ts';
import { addFloat16Options, type Float16Flags, float16From } from '../float16.ts';
import { loadModel } from '../model.ts';
import { modelTargets, NEWEST_BY_DEFAULT, outputOpset, writeModel } from '../model-file.ts';
import { addPageOption, type PageOptions, pageLines, requirePage, writePage } from '../page.ts';
import { addPluginOption, loadPlugins, type PluginOptions } from '../plugins.ts';
import { float16Line } from '../report/float16.ts';
import { countWritten, optimizeData, optimizeLines } from '../report/optimize.ts';
import type { Session } from '../session.ts';
import { profileFrom, type ShapeOptions } from '../shapes.ts';
import { addValueOptions, type ValueOptions } from '../values.ts';

interface Options extends Pick<ShapeOptions, 'shapes'>, PluginOptions, ValueOptions, PageOptions, Float16Flags {
  readonly O: Level;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly opset?: number;
  readonly dumpAfter?: string;
  readonly stopAfter?: number;
  readonly trace?: boolean;
}

export function addOptimize(program: Command, session: Session): void {
  const command = addCommand(program, {
    usage: 'optimize <model> <output>',
    summary:
      'Makes an ONNX model smaller: another ONNX model, which any engine runs, with the same inputs and outputs.',
    examples: ['trtx optimize model.onnx smaller.onnx', 'trtx optimize model.onnx smaller.onnx --opset 17 --trace'],
  })
    .option('-O <level>', 'optimization, 0 to 3', parseLevel, 2)
    .option('--only <passes>', 'run only these passes, or rules as pass/rule', collectNames)
    .option('--skip <passes>', 'leave these passes or rules out', collectNames)
    .option(
      '--opset <n>',
      `opset of the output, ${OLDEST_EXPORTED_OPSET} to ${NEWEST_OPSET}; by default the model's own, at most ${NEWEST_BY_DEFAULT}`,
      parseWhole(OLDEST_EXPORTED_OPSET, NEWEST_OPSET),
    )
    .option('--dump-after <pass>', 'print the graph as text on stderr after each run of the pass', parsePass)
    .option('--stop-after <n>', 'stop after so many changes', parseWhole(0, 2 ** 31))
    .option('--shapes <spec>', 'sizes or ranges of inputs, as for trtx build; other sizes stay dynamic', collect)
    .option('--trace', 'list each change: its rule, its nodes, and where in the model these came from')
    .action((model: string, output: string, options: Options) => optimizeModel(model, output, options, session));
  addValueOptions(command);
  addFloat16Options(command);
  addPageOption(command);
  addPluginOption(command);
}

async function optimizeModel(file: string, output: string, options: Options, session: Session): Promise<void> {
  const fp16 = float16From(options);
  const plugins = await loadPlugins(options);
  session.progress.show('read', 0, 1, file);
  // The graph keeps its own name, which is in the file.
  const imported = await loadModel(
    file,
    session.log,
    { name: undefined, profile: profileFrom(options), ...importOptions(plugins) },
    options,
  );
  const { externalFiles } = surveyModel(await readBytes(file));
  const targets = await modelTargets(output, [{ file, externalFiles }]);
  await requirePage(options, file, output);
  session.progress.show('optimize', 0, 1, '');
  const before = options.html === undefined ? undefined : drawGraph(imported.graph);
  const dumps: Dump[] = [];
  const report = optimized(imported.graph, { ...options, plugins, log: session.log }, (dump) => {
    dumps.push(dump);
    if (!session.json) process.stderr.write(dumpText(dump));
  });
  const float16 = fp16 && halved(imported.graph, fp16, session.log);
  const after = before && drawGraph(imported.graph);
  const opset = options.opset ?? outputOpset(imported.model);
  const trace = [...report.trace];
  const onTrace = (firing: Firing) => trace.push({ ...firing, step: trace.length + 1 });
  const isWhole = options.O >= 2 && !options.only && options.stopAfter === undefined;
  const written = await writeModel(imported.graph, targets, {
    opset,
    model: imported.model,
    log: session.log,
    shorten: isWhole ? (graph) => shortenFile(graph, { skip: options.skip, onTrace }) : undefined,
  });
  const counts = countWritten(imported.nodes, written.written);
  const page = after && (await writePage(options.html!, { model: file, before, after, trace }));
  const changed = { ...report, trace };
  const data = optimizeData({
    output,
    opset,
    level: options.O,
    counts,
    report: changed,
    float16,
    files: written.files,
  });
  session.result(
    {
      ...data,
      ...(options.trace ? { trace } : {}),
      ...(dumps.length > 0 ? { dumps } : {}),
      ...(page ? { page } : {}),
    },
    [...optimizeLines(data, options.trace ? trace : undefined), ...pageLines(page)],
  );
}

/** The graph after a run of the pass that was asked for. */
interface Dump {
  readonly pass: string;
  readonly round: number;
  readonly changes: number;
  readonly text: string;
}

function optimized(
  graph: Graph,
  options: Options & { plugins: readonly Plugin[]; log: Logger },
  onDump: (dump: Dump) => void,
): OptimizeReport {
  const { O: level, only, skip, stopAfter, dumpAfter, plugins, log } = options;
  const { ops, pipeline, reference } = extensionsOf(plugins);
  const report = optimize(graph, {
    level,
    ops,
    kernels: reference,
    pipeline: pipeline(level),
    only,
    skip: skip?.filter((name) => !FILE_PASSES.some((pass) => name.split('/')[0] === pass.name)),
    stopAfter,
    logger: log,
    onPass({ pass, round, firings }) {
      if (pass === dumpAfter && (round === 1 || firings > 0))
        onDump({ pass, round, changes: firings, text: printGraph(graph) });
    },
  });
  verify(graph);
  return report;
}

function halved(graph: Graph, options: Float16Options, log: Logger): Float16Report {
  const report = toFloat16(graph, options);
  verify(graph);
  for (const { node, reason } of report.kept)
    log({ severity: 'verbose', message: `stays in float32: ${reason}`, node });
  log({ severity: 'info', message: float16Line(report) });
  return report;
}

/** In the form that other compilers print: a line of its own before the text. */
function dumpText({ pass, round, changes, text }: Dump): string {
  return `// -----// IR Dump After ${pass} (round ${round}, ${changes} changes) //----- //\n${text}\n`;
}

function parsePass(name: string): string {
  const names = PIPELINES[3].map((pass) => pass.name);
  if (!names.includes(name)) throw new InvalidArgumentError(`It is one of ${names.join(', ')}.`);
  return name;
}
