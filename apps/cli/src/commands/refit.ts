// trtx refit: other weights for an engine.

import { optionsOf, refit } from '@trtx/builder';
import { readPlan } from '@trtx/engine';
import { importOptions } from '@trtx/plugin';
import { fileSource } from '@trtx/runtime/node';
import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import { requireFile, requireOutput, writeWhole } from '../files.ts';
import { loadModel } from '../model.ts';
import { addPluginOption, loadPlugins, type PluginOptions } from '../plugins.ts';
import type { Session } from '../session.ts';
import { bytesText, timeText } from '../text.ts';
import { addValueOptions, type ValueOptions } from '../values.ts';

interface Options extends PluginOptions, ValueOptions {
  readonly output: string;
}

export function addRefit(program: Command, session: Session): void {
  const command = addCommand(program, {
    usage: 'refit <engine> <model>',
    summary: 'Gives an engine the weights of a model: those that it was stripped of, or others of the same graph.',
    examples: [
      'trtx refit model.trtx trained-on.onnx -o newer.trtx',
      'trtx refit stripped.trtx model.onnx -o model.trtx',
    ],
  })
    .requiredOption('-o, --output <file>', 'the engine file')
    .action((engine: string, model: string, options: Options) => refitEngine(engine, model, options, session));
  addValueOptions(command);
  addPluginOption(command);
}

async function refitEngine(engine: string, model: string, options: Options, session: Session): Promise<void> {
  const { output } = options;
  for (const input of [engine, model]) await requireOutput(output, input);
  await requireFile(engine);
  const plugins = await loadPlugins(options);
  const start = performance.now();
  const source = await fileSource(engine);
  const plan = await readPlan(source).finally(() => source.close());
  const { profile } = optionsOf(plan, plugins);
  session.progress.show('read', 0, 1, model);
  const { graph } = await loadModel(model, session.log, { profile, ...importOptions(plugins) }, options);
  const { file } = refit(plan, graph, {
    plugins,
    logger: session.log,
    onProgress: ({ stage, done, total, label }) => session.progress.show(stage, done, total, label),
  });
  await writeWhole(output, file.chunks);
  const refitMs = performance.now() - start;
  session.result({ output, bytes: file.size, refitMs }, [
    `${output}: ${bytesText(file.size)}, refitted in ${timeText(refitMs)}`,
  ]);
}
