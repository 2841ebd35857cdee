// trtx inspect: what is in a model or an engine, without running it.

import { basename } from 'node:path';
import { inspectEngine, parseEngine, profileNames, profilesOf } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { surveyModel } from '@trtx/onnx';
import { importOptions, type Plugin } from '@trtx/plugin';
import { layersOf } from '@trtx/profiler';
import type { Command } from 'commander';
import { addCommand, parseInt64, parseLevel } from '../command.ts';
import { readBytes, requireOutput } from '../files.ts';
import { isEngineFile } from '../model.ts';
import { planPageLines, writePlanPage } from '../plan-page.ts';
import { addPluginOption, loadPlugins, type PluginOptions } from '../plugins.ts';
import { engineRows } from '../report/engine.ts';
import { layerLines } from '../report/layers.ts';
import { modelData, modelRows } from '../report/model.ts';
import type { Session } from '../session.ts';
import { addShapeOptions, profileFrom, type ShapeOptions } from '../shapes.ts';
import { bytesText, table } from '../text.ts';
import { addValueOptions, type ValueOptions } from '../values.ts';
import { inspectDiff } from './diff.ts';
import { inspectPlacement } from './placement.ts';
import { inspectSupport } from './support.ts';
import { inspectTactics } from './tactics.ts';

interface Options extends ShapeOptions, PluginOptions, ValueOptions {
  readonly placement?: boolean;
  readonly support?: boolean;
  readonly diff?: boolean;
  readonly layers?: boolean;
  readonly tactics?: boolean;
  readonly timingCache?: string;
  readonly html?: string;
  readonly O: 0 | 1 | 2 | 3;
  readonly int64: 'checked' | 'host';
}

export function addInspect(program: Command, session: Session): void {
  const command = addCommand(program, {
    usage: 'inspect <file> [after]',
    summary: 'Tells what is in an ONNX model or an engine file, which are told apart by their contents.',
    examples: [
      'trtx inspect model.onnx',
      'trtx inspect model.trtx --json',
      'trtx inspect model.onnx --placement',
      'trtx inspect model.trtx --layers --html page.html',
      'trtx inspect model.trtx --tactics --timing-cache times.json',
      'trtx inspect --diff before.onnx after.onnx',
      'trtx inspect --diff before.trtx after.trtx',
    ],
  })
    .option('--placement', 'list each node with GPU, build or host, and why; a model is built for any device')
    .option('--support', 'list each op with how it is computed, also of a model that cannot be imported')
    .option(
      '--diff',
      'compare two models, by ops, nodes, constants, inputs and outputs, or two engines, by layers and sizes',
    )
    .option('--layers', 'of an engine: list each dispatch with its nodes, tactic, arithmetic, bytes, and results')
    .option('--tactics', 'of an engine: tell why each dispatch has its tactic')
    .option('--timing-cache <file>', 'with --tactics: list all that was timed for each problem')
    .option('--html <file>', 'of an engine: write a page to look at: layers, memory, the plan, kernel sources')
    .option('-O <level>', 'with --placement: optimization, 0 to 3', parseLevel, 2)
    .option('--int64 <where>', 'with --placement: as for trtx build', parseInt64, 'checked')
    .action(async (file: string, after: string | undefined, options: Options) => {
      const { placement, support, diff, layers, tactics, timingCache, html, plugin, ...rest } = options;
      const { O: level, int64, constant, valueRanges, ...shapes } = rest;
      if (Boolean(diff) !== (after !== undefined))
        throw new TrtxError('USAGE', diff ? '--diff compares two files' : 'two files without --diff', {
          hint: 'trtx inspect --diff before.onnx after.onnx',
        });
      if (after !== undefined) return inspectDiff(file, after, session);
      if (tactics) return inspectTactics(file, timingCache, session);
      if (layers || html !== undefined) return inspectLayers(file, html, session);
      const plugins = await loadPlugins({ plugin });
      const reading = { profile: profileFrom(shapes), constant, valueRanges, plugins };
      if (placement) return inspectPlacement(file, { ...reading, level, int64 }, session);
      return support ? inspectSupport(file, reading, session) : inspect(file, plugins, session);
    });
  addShapeOptions(command);
  addValueOptions(command);
  addPluginOption(command);
}

async function inspect(file: string, plugins: readonly Plugin[], session: Session): Promise<void> {
  const engine = await isEngineFile(file);
  const bytes = await readBytes(file, session.log);
  if (engine) {
    const summary = inspectEngine(bytes);
    session.result({ kind: 'engine', file, ...summary }, [
      `${file}: engine of ${bytesText(bytes.length)}, built by ${summary.builder}`,
      ...table(engineRows(summary), '  '),
    ]);
  } else {
    const survey = surveyModel(bytes, importOptions(plugins));
    session.result({ kind: 'model', file, fileBytes: bytes.length, ...modelData(survey) }, [
      `${file}: ONNX model`,
      ...table(modelRows(survey, bytes.length), '  '),
    ]);
  }
}

async function inspectLayers(file: string, html: string | undefined, session: Session): Promise<void> {
  if (!(await isEngineFile(file)))
    throw new TrtxError('NOT_AN_ENGINE', 'this is a model, which has no layers', {
      file,
      hint: 'Build it by `trtx build`.',
    });
  if (html !== undefined) await requireOutput(html, file);
  const plans = profilesOf(parseEngine(await readBytes(file, session.log)).plan);
  const names = profileNames(plans);
  const profiles = plans.map((plan, i) => ({ name: names[i]!, ...layersOf(plan) }));
  const notes = plans.length > 1 ? [`the first of ${plans.length} optimization profiles, ${names[0]}`] : [];
  const page =
    html === undefined ? undefined : await writePlanPage(html, { title: basename(file), plan: profiles[0]!, notes });
  session.result(
    { kind: 'layers', file, profiles: profiles.map(({ modules: _, ...one }) => one), ...(page ? { page } : {}) },
    [
      ...profiles.flatMap((profile) => [
        ...(plans.length > 1 ? [`profile ${profile.name}`] : []),
        ...layerLines(profile),
      ]),
      ...planPageLines(page),
    ],
  );
}
