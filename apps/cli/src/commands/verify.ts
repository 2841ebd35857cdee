// trtx verify: what a model's engine computes, against what it should.

import { type BuildOptions, EngineRunner, type Float16Build, profileAround, profileOf } from '@trtx/builder';
import { type Backend, type BackendKind, openBackend } from '@trtx/builder/node';
import { type Comparison, compareTensors } from '@trtx/debug';
import { inspectEngine } from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';
import { type Graph, opName, type Profile, type Tensors } from '@trtx/ir';
import type { Float16Options } from '@trtx/passes';
import { importOptions, type Plugin } from '@trtx/plugin';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { addCommand, INT64, parseInt64, parseLevel } from '../command.ts';
import { addDeviceOption, type DeviceFlags } from '../device-features.ts';
import { FAILED } from '../failure.ts';
import { requireFile } from '../files.ts';
import { addFloat16Options, type Float16Flags, float16From } from '../float16.ts';
import { kernelsFor } from '../host-kernels.ts';
import { loadModel } from '../model.ts';
import { checkInputs, unknownTensor } from '../model-inputs.ts';
import { addPluginOption, loadPlugins, type PluginOptions } from '../plugins.ts';
import { float16Lines } from '../report/float16.ts';
import type { Session } from '../session.ts';
import { addShapeOptions, profileFrom, type ShapeOptions } from '../shapes.ts';
import { readFolder } from '../tensors/raw.ts';
import { table, timeText } from '../text.ts';
import { addToleranceOptions, BY_TYPE, type ToleranceFlags, toleranceFrom } from '../tolerance.ts';
import { addValueOptions, constantNames, type ValueOptions } from '../values.ts';

interface Options extends ToleranceFlags, ShapeOptions, ValueOptions, PluginOptions, Float16Flags, DeviceFlags {
  readonly inputs: string;
  readonly expect: string;
  readonly backend?: BackendKind;
  readonly static?: boolean;
  readonly O: BuildOptions['level'];
  readonly int64: 'checked' | 'host';
}

export function addVerify(program: Command, session: Session): void {
  const command = addCommand(program, {
    usage: 'verify <model>',
    summary:
      "Builds a model, runs it, and compares its outputs with those expected: 1 if they differ, 0 if they don't.",
    examples: [
      'trtx verify model.onnx --inputs inputs --expect outputs',
      'The folders have index.json, [{"name": "x", "file": "0.bin", "dtype": "float32", "dims": [1, 3]}], and its files.',
    ],
  })
    .requiredOption('--inputs <folder>', 'the inputs')
    .requiredOption('--expect <folder>', 'the outputs that are expected')
    .option('--backend <kind>', 'webgpu or reference (default: webgpu where there is an adapter)', parseBackend)
    .option('--static', 'build for exactly the shapes of the inputs, not for half to twice each dynamic size')
    .option('-O <level>', 'optimization, 0 to 3', parseLevel, 2)
    .option('--int64 <where>', INT64, parseInt64, 'checked')
    .action((model: string, options: Options) => verify(model, options, session));
  addToleranceOptions(command, BY_TYPE);
  addShapeOptions(command);
  addValueOptions(command);
  addFloat16Options(command);
  addDeviceOption(command);
  addPluginOption(command);
}

function parseBackend(text: string): BackendKind {
  if (text !== 'webgpu' && text !== 'reference') throw new InvalidArgumentError('It is webgpu or reference.');
  return text;
}

async function verify(model: string, options: Options, session: Session): Promise<void> {
  const fp16 = float16From(options);
  const tolerance = toleranceFrom(options, fp16 !== undefined);
  await requireFile(model);
  const profile = profileFrom(options);
  if (profile && options.static)
    throw new TrtxError('USAGE', 'shapes are given in two ways', { hint: 'Use either --static or --shapes.' });
  const [inputs, expected] = [await readFolder(options.inputs), await readFolder(options.expect)];
  const plugins = await loadPlugins(options);
  session.progress.show('read', 0, 1, model);
  const { graph } = await loadModel(model, session.log, { profile, ...importOptions(plugins) }, options);
  for (const name of constantNames(options)) inputs.delete(name);
  checkInputs(graph, inputs);
  checkOutputs(graph, expected);
  const backend = await openBackend(options.backend, { features: options.deviceFeatures, logger: session.log });
  try {
    session.useAdapter(backend.description);
    const run = await buildAndRun(backend, { graph, inputs, profile, plugins, fp16 }, options, session);
    const outputs = [...expected].map(([name, tensor]) =>
      compareTensors(name, run.outputs.get(name)!, tensor, tolerance),
    );
    report(outputs, { model, backend: backend.kind, ...run.figures }, session);
  } finally {
    backend.release();
  }
}

interface Model {
  readonly graph: Graph;
  readonly inputs: Tensors;
  /** What the options say; none by default. */
  readonly profile: Profile | undefined;
  readonly plugins: readonly Plugin[];
  readonly fp16: Float16Options | undefined;
}

async function buildAndRun(backend: Backend, model: Model, options: Options, session: Session) {
  const { graph, inputs, plugins, fp16 } = model;
  const show = ({ stage, done, total, label }: { stage: string; done: number; total: number; label: string }) =>
    session.progress.show(stage, done, total, label);
  const start = performance.now();
  let float16: Float16Build | undefined;
  const runner = await backend.prepare(graph, {
    profile: model.profile ?? profileFor(graph, inputs, options.static ?? false),
    level: options.O,
    int64: options.int64,
    fp16,
    onFloat16: (report) => {
      float16 = report;
    },
    plugins,
    hostKernels: await kernelsFor(
      [...graph.withBodies()].flatMap(({ nodes }) => [...nodes].map(({ op }) => opName(op))),
    ),
    onProgress: show,
    onLoad: show,
    logger: session.log,
  });
  const built = performance.now();
  const outputs = await runner.run(inputs);
  const runMs = performance.now() - built;
  const engine = runner instanceof EngineRunner ? { engine: inspectEngine(runner.engine.plan) } : {};
  await runner.dispose?.();
  return { outputs, figures: { buildMs: built - start, runMs, ...(float16 ? { float16 } : {}), ...engine } };
}

/** None where the model's shapes are fixed. */
function profileFor(graph: Graph, inputs: Tensors, isStatic: boolean): Profile | undefined {
  if (graph.inputs.every(({ type }) => type.shape.every((dim) => typeof dim === 'number'))) return undefined;
  const dims = new Map([...inputs].map(([name, tensor]) => [name, tensor.dims]));
  return isStatic ? profileOf(dims) : profileAround(graph, dims);
}

function checkOutputs(graph: Graph, expected: Tensors): void {
  for (const name of expected.keys())
    if (!graph.outputs.some((output) => output.name === name)) throw unknownTensor('output', name, graph.outputs);
  if (expected.size === 0)
    throw new TrtxError('TENSOR_FILE', '--expect has no outputs', {
      hint: `The model's are ${graph.outputs.map(({ name }) => quote(name)).join(', ')}.`,
    });
}

function report(
  outputs: readonly Comparison[],
  figures: { model: string; backend: string; buildMs: number; runMs: number; float16?: Float16Build },
  session: Session,
): void {
  const ok = outputs.every((output) => output.ok);
  if (!ok) session.status = FAILED;
  const rows = outputs.map(({ name, dims, maxAbs, maxRel, cosine, ok, reason }) => [
    ok ? 'ok' : 'WRONG',
    `${quote(name)}[${dims.join(', ')}]`,
    `max abs ${figure(maxAbs)}, max rel ${figure(maxRel)}, cosine ${cosine?.toFixed(8) ?? 'none'}`,
    reason ?? '',
  ]);
  session.result({ ok, ...figures, outputs }, [
    ...table(rows),
    ...float16Lines(figures.float16),
    `${ok ? 'verified' : 'NOT verified'}: built in ${timeText(figures.buildMs)}, run in ${timeText(figures.runMs)}`,
  ]);
}

function figure(value: number | null): string {
  return value === null ? 'none' : value.toExponential(1);
}
