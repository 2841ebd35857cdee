// What commands that time engines have in common: the options, and an engine on a device with inputs to run.

import type { Float16Build } from '@trtx/builder';
import { openBackend } from '@trtx/builder/node';
import { profilesOf } from '@trtx/engine';
import { isTrtxError } from '@trtx/errors';
import { type LoadTimes, loadTimed, observeDevice, type Timeline } from '@trtx/profiler';
import type { Engine, HostTensor } from '@trtx/runtime';
import { fileSource } from '@trtx/runtime/node';
import type { Command } from 'commander';
import { addCommand, type CommandText, collect, parseLevel } from './command.ts';
import { EXACT_TIMER } from './device.ts';
import { addDeviceOption, type DeviceFlags, mayUncheck, mayUncheckEngine } from './device-features.ts';
import { openExecutable } from './executable.ts';
import { addFloat16Options, type Float16Flags, float16From } from './float16.ts';
import { enginePorts, readInputs } from './inputs.ts';
import { isEngineFile } from './model.ts';
import { addPluginOption, loadPlugins, type PluginOptions } from './plugins.ts';
import type { Session } from './session.ts';
import { parseSizes } from './shapes.ts';
import { parseTactics } from './tactics.ts';
import { parseInputs } from './tensors/spec.ts';
import { addTuningOptions, requireTuning, type TuningOptions } from './tuning.ts';
import { addValueOptions, type ValueOptions } from './values.ts';

export interface TimingOptions extends PluginOptions, ValueOptions, Float16Flags, DeviceFlags, TuningOptions {
  readonly input?: readonly string[];
  readonly shapes?: readonly string[];
  readonly O: 0 | 1 | 2 | 3;
  readonly tactic?: readonly string[];
}

/** Adds a command with the options of `TimingOptions`. */
export function addTimingCommand(program: Command, text: CommandText): Command {
  const command = addCommand(program, text)
    .option('-i, --input <spec>', 'an input, as for trtx run; random where there is none', collect)
    .option('--shapes <spec>', 'sizes of dynamic inputs, x:1x3x224x224; a model is built for exactly these', collect)
    .option('-O <level>', 'of a model: optimization, 0 to 3', parseLevel, 2)
    .option('--tactic <node=tactic>', 'of a model: a kernel, or a whole tactic, for the group of a node', collect);
  addFloat16Options(command);
  addDeviceOption(command);
  addTuningOptions(command);
  addValueOptions(command);
  return addPluginOption(command);
}

/** Timestamps inside a pass, where the adapter has them, are behind this. */
const INSIDE_PASSES = 'enable-dawn-features=allow_unsafe_apis';

export interface Timed {
  /** The device itself, also where the engine is on one that is observed. */
  readonly device: GPUDevice;
  readonly engine: Engine;
  readonly inputs: Readonly<Record<string, HostTensor>>;
  readonly load: LoadTimes;
  /** Of a model's build. */
  readonly buildMs: number | undefined;
  /** What `--fp16` did, where it was asked for. */
  readonly float16: Float16Build | undefined;
  /** What has been done on the device. */
  readonly timeline: Timeline | undefined;
}

/**
 * Opens a device, builds the model if it is one, loads the engine, and reads or makes its inputs.
 *
 * @param observed whether there is to be a timeline, which costs a little
 */
export async function timeEngine<T>(
  file: string,
  options: TimingOptions,
  { session, observed = false }: { readonly session: Session; readonly observed?: boolean },
  use: (timed: Timed) => Promise<T>,
): Promise<T> {
  const sources = parseInputs(options.input ?? []);
  const sizes = parseSizes('--shapes', options.shapes ?? []);
  const tactics = parseTactics(options.tactic ?? []);
  const fp16 = float16From(options);
  const plugins = await loadPlugins(options);
  await requireTuning(options, file);
  const flags = [EXACT_TIMER, INSIDE_PASSES];
  const timed = async (unchecked: boolean): Promise<T> => {
    const asked = { features: options.deviceFeatures, unchecked, flags, logger: session.log };
    const backend = await openBackend('webgpu', asked);
    try {
      session.useAdapter(backend.description);
      const profile = options.shapes ? sizes : undefined;
      const model = { level: options.O, plugins, profile, values: options, tactics, fp16, tuning: options };
      const executable = await openExecutable(file, backend.gpu!, model, session);
      try {
        const { source, hostOps, buildMs, float16, plan } = executable;
        for (const { name } of plan.inputs) if (!sources.has(name)) sources.set(name, { kind: 'random', seed: 0 });
        const inputs = await readInputs(enginePorts(profilesOf(plan)), sources, { sizes });
        const { device, timeline } = observed
          ? observeDevice(backend.gpu!.device)
          : { device: backend.gpu!.device, timeline: undefined };
        const { engine, times } = await loadTimed(source, {
          device,
          hostOps,
          logger: session.log,
          onProgress: ({ stage, done, total, label }) => session.progress.show(stage, done, total, label),
        });
        const given = Object.fromEntries(inputs) as Record<string, HostTensor>;
        const own = backend.gpu!.device;
        const result = await use({ device: own, engine, inputs: given, load: times, buildMs, float16, timeline });
        await engine.dispose();
        return result;
      } finally {
        await executable.close();
      }
    } finally {
      backend.release();
    }
  };
  try {
    return await timed(await mayLeaveOut(file, options));
  } catch (error) {
    if (isTrtxError(error) && error.code === 'OUT_OF_BOUNDS') return timed(false);
    throw error;
  }
}

/** Whether the device may leave out its checks: of a model it turns out when it is built. */
async function mayLeaveOut(file: string, options: TimingOptions): Promise<boolean> {
  if (!(await isEngineFile(file))) return mayUncheck(options);
  const source = await fileSource(file);
  try {
    return await mayUncheckEngine(source, options);
  } finally {
    await source.close();
  }
}
