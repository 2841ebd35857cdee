// trtx run: one run of an engine, files in, files out.

import { openBackend } from '@trtx/builder/node';
import { type Plan, profileNames, profilesOf, readPlan } from '@trtx/engine';
import { quote } from '@trtx/errors';
import type { Tensor } from '@trtx/ir';
import { Engine, type ExecutionContext, type TensorData } from '@trtx/runtime';
import { type FileSource, fileSource } from '@trtx/runtime/node';
import type { Command } from 'commander';
import { addCommand, collect, parseNumbers } from '../command.ts';
import { addDeviceOption, type DeviceFlags, mayUncheckEngine } from '../device-features.ts';
import { hostOpsOf } from '../executable.ts';
import { makeFolder, requireFile } from '../files.ts';
import { enginePorts, readInputs } from '../inputs.ts';
import { writeTensors } from '../outputs.ts';
import type { Session } from '../session.ts';
import { parseSizes, type Sizes } from '../shapes.ts';
import { statisticsOf } from '../statistics.ts';
import { type InputSource, parseInputs } from '../tensors/spec.ts';
import { numberText, table, timeText } from '../text.ts';

interface Options extends DeviceFlags {
  readonly input?: readonly string[];
  readonly output: string;
  readonly shapes?: readonly string[];
  readonly profile?: string;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly scale?: number;
}

export function addRun(program: Command, session: Session): void {
  const command = addCommand(program, {
    usage: 'run <engine>',
    summary: 'Runs an engine once and writes its outputs as .npy files.',
    examples: [
      'trtx run model.trtx --input x=@x.npy --output out',
      'trtx run model.trtx --input image=@cat.png --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --output out',
    ],
  })
    .option(
      '-i, --input <spec>',
      'name=@file.npy, @picture.png, @file.bin:float32:1x3x8x8, random or random:SEED',
      collect,
    )
    .requiredOption('-o, --output <folder>', 'where the outputs go')
    .option('--shapes <spec>', 'sizes of dynamic inputs, x:1x3x224x224', collect)
    .option('--profile <name>', 'the optimization profile (default: the first one that holds the shapes)')
    .option(
      '--scale <number>',
      'pictures: multiplies bytes of 0 to 255 (default: 1/255, or 1 for integers)',
      parseScale,
    )
    .option('--mean <numbers>', 'pictures: subtracted after that, one number or one for each channel', parseNumbers)
    .option('--std <numbers>', 'pictures: divides after that', parseNumbers)
    .action((file: string, options: Options) => runEngine(file, options, session));
  addDeviceOption(command);
}

function parseScale(text: string): number {
  return parseNumbers(text)[0]!;
}

async function runEngine(file: string, options: Options, session: Session): Promise<void> {
  const request: Request = {
    sources: parseInputs(options.input ?? []),
    sizes: parseSizes('--shapes', options.shapes ?? []),
    options,
  };
  await requireFile(file);
  const source = await fileSource(file);
  try {
    await runFrom(source, request, session);
  } finally {
    await source.close();
  }
}

interface Request {
  readonly sources: ReadonlyMap<string, InputSource>;
  readonly sizes: Sizes;
  readonly options: Options;
}

async function runFrom(source: FileSource, { sources, sizes, options }: Request, session: Session): Promise<void> {
  const unchecked = await mayUncheckEngine(source, options);
  const backend = await openBackend('webgpu', { features: options.deviceFeatures, unchecked, logger: session.log });
  try {
    session.useAdapter(backend.description);
    const { engine, loadMs } = await load(source, backend.gpu!.device, session);
    const context = engine.createContext({ profile: options.profile });
    const inputs = await readInputs(enginePorts(plansFor(engine.plan, options)), sources, { ...options, sizes });
    const { outputs, runMs } = await runOnce(engine, context, inputs);
    await makeFolder(options.output);
    report({ outputs, paths: await writeTensors(options.output, outputs), loadMs, runMs }, session);
    await engine.dispose();
  } finally {
    backend.release();
  }
}

async function load(source: FileSource, device: GPUDevice, { progress, log }: Session) {
  const start = performance.now();
  const engine = await Engine.load(source, {
    device,
    logger: log,
    hostOps: await hostOpsOf(await readPlan(source)),
    onProgress: ({ stage, done, total, label }) => progress.show(stage, done, total, label),
  });
  return { engine, loadMs: performance.now() - start };
}

/** Of the profiles that a run may take. The engine has the one that is asked for, if one is. */
function plansFor(plan: Plan, { profile }: Options): [Plan, ...Plan[]] {
  const plans = profilesOf(plan);
  const named = plans.filter((_, i) => profileNames(plans)[i] === profile);
  return (profile === undefined ? plans : named) as [Plan, ...Plan[]];
}

async function runOnce(engine: Engine, context: ExecutionContext, inputs: ReadonlyMap<string, Tensor>) {
  const given = Object.fromEntries(
    [...inputs].map(([name, { data, dims }]) => [name, { data: data as TensorData | readonly string[], dims }]),
  );
  const start = performance.now();
  const results = await context.run(given);
  const runMs = performance.now() - start;
  const outputs = engine.plan.outputs.map(({ name, dtype }): [string, Tensor] => {
    const { data, dims } = results[name]!;
    return [name, { dtype, dims, data }];
  });
  return { outputs: new Map(outputs), runMs };
}

interface Run {
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly paths: ReadonlyMap<string, string>;
  readonly loadMs: number;
  readonly runMs: number;
}

function report({ outputs, paths, loadMs, runMs }: Run, session: Session): void {
  const results = [...outputs].map(([name, tensor]) => {
    const { dtype, dims } = tensor;
    return { name, file: paths.get(name)!, dtype, dims, ...statisticsOf(tensor) };
  });
  const rows = results.map(({ name, file, dtype, dims, min, max, mean, notFinite }) => {
    const numbers = min === null ? '' : `min ${numberText(min)}, max ${numberText(max!)}, mean ${numberText(mean!)}`;
    const astray = notFinite > 0 ? `${notFinite} not finite` : '';
    return [quote(name), `${dtype}[${dims.join(', ')}]`, [numbers, astray].filter(Boolean).join(', '), file];
  });
  session.result({ loadMs, runMs, outputs: results }, [
    ...table(rows),
    `loaded in ${timeText(loadMs)}, run in ${timeText(runMs)}`,
  ]);
}
