// What commands that compare ways to compute a model have in common: the options, and the model with inputs for it.

import { profileOf } from '@trtx/builder';
import { type Graph, opName, type Profile, type Tensors } from '@trtx/ir';
import type { ModelMetadata } from '@trtx/onnx';
import { importOptions, type Plugin } from '@trtx/plugin';
import type { ReferenceKernels } from '@trtx/reference';
import type { Command } from 'commander';
import { addCommand, type CommandText, collect, parseLevel } from './command.ts';
import { kernelsFor } from './host-kernels.ts';
import { modelPorts, readInputs } from './inputs.ts';
import { loadModel } from './model.ts';
import { outputOpset } from './model-file.ts';
import { checkInputs } from './model-inputs.ts';
import { addPluginOption, loadPlugins, type PluginOptions } from './plugins.ts';
import type { Session } from './session.ts';
import { parseSizes } from './shapes.ts';
import { readFolder } from './tensors/raw.ts';
import { parseInputs } from './tensors/spec.ts';
import { addToleranceOptions, BY_TYPE, type ToleranceFlags } from './tolerance.ts';
import { addValueOptions, constantNames, type ValueOptions } from './values.ts';

export interface ComparingOptions extends PluginOptions, ValueOptions, ToleranceFlags {
  /** A folder with an index. */
  readonly inputs?: string;
  readonly input?: readonly string[];
  readonly shapes?: readonly string[];
  readonly O: 0 | 1 | 2 | 3;
}

/** Adds a command with the options of `ComparingOptions`. @param usual tolerances where none are given */
export function addComparingCommand(program: Command, text: CommandText, usual: typeof BY_TYPE = BY_TYPE): Command {
  const command = addCommand(program, text)
    .option('--inputs <folder>', 'inputs with an index.json, as for trtx verify')
    .option('-i, --input <spec>', 'an input, as for trtx run; random where there is none', collect)
    .option(
      '--shapes <spec>',
      'sizes of dynamic inputs, x:1x3x224x224: the model is read for them, and random inputs have them',
      collect,
    )
    .option('-O <level>', 'optimization of the engine, 0 to 3', parseLevel, 2);
  addToleranceOptions(command, usual);
  addValueOptions(command);
  return addPluginOption(command);
}

/** A model, and what it is to be computed on. */
export interface ComparedModel {
  /** As imported; nobody changes it. */
  readonly graph: Graph;
  readonly inputs: Tensors;
  /** Exactly the shapes of the inputs. */
  readonly profile: Profile;
  readonly plugins: readonly Plugin[];
  /** What the CPU computes with, ops of plugins included. */
  readonly kernels: ReferenceKernels;
  /** The opset to export it in. */
  readonly opset: number;
  /** What its file says about itself. */
  readonly metadata: ModelMetadata;
}

/**
 * Reads the model and its inputs: of the folder, of files, or random ones, which are the same each time.
 * @throws TrtxError as `loadModel`, `readInputs`, `readFolder` and `loadPlugins`
 */
export async function openCompared(model: string, options: ComparingOptions, session: Session): Promise<ComparedModel> {
  const sources = parseInputs(options.input ?? []);
  const sizes = parseSizes('--shapes', options.shapes ?? []);
  const folder = options.inputs === undefined ? new Map() : await readFolder(options.inputs);
  const plugins = await loadPlugins(options);
  session.progress.show('read', 0, 1, model);
  const { graph, model: metadata } = await loadModel(
    model,
    session.log,
    { profile: options.shapes && sizes, ...importOptions(plugins) },
    options,
  );
  for (const name of constantNames(options)) folder.delete(name);
  const ports = modelPorts(graph);
  const open = { ...ports, inputs: ports.inputs.filter(({ name }) => !folder.has(name)) };
  for (const { name } of open.inputs) if (!sources.has(name)) sources.set(name, { kind: 'random', seed: 0 });
  const inputs = new Map([...folder, ...(await readInputs(open, sources, { sizes }))]);
  checkInputs(graph, inputs);
  const ops = [...graph.withBodies()].flatMap(({ nodes }) => [...nodes].map(({ op }) => opName(op)));
  const own = plugins.flatMap(({ reference = [] }) => reference);
  const kernels = (await kernelsFor(ops)).with(own);
  const profile = profileOf(new Map([...inputs].map(([name, { dims }]) => [name, dims])));
  return { graph, inputs, profile, plugins, kernels, opset: outputOpset(metadata), metadata };
}
