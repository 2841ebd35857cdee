// trtx merge and trtx extract: several models as one, and a part of one.

import { quote, TrtxError } from '@trtx/errors';
import { type Graph, printType, verify } from '@trtx/ir';
import { type ImportedModel, surveyModel } from '@trtx/onnx';
import { extract, merge } from '@trtx/passes';
import type { Command } from 'commander';
import { addCommand, collect, collectNames } from '../command.ts';
import { readBytes } from '../files.ts';
import { loadModel } from '../model.ts';
import { type ModelSource, modelTargets, outputOpset, writeModel } from '../model-file.ts';
import type { Session } from '../session.ts';
import { bytesText, table } from '../text.ts';

interface MergeOptions {
  readonly output: string;
  readonly connect?: readonly string[];
  readonly outputs?: readonly string[];
  readonly prefix?: readonly string[];
  readonly unify?: boolean;
}

export function addMerge(program: Command, session: Session): void {
  addCommand(program, {
    usage: 'merge <models...>',
    summary: 'Makes several ONNX models one: outputs of some are inputs of later ones.',
    examples: ["trtx merge detector.onnx recognizer.onnx -o both.onnx --connect 'detector/boxes=recognizer/x'"],
  })
    .requiredOption('-o, --output <file>', 'the ONNX file to write')
    .option(
      '--connect <output=input>',
      'an output and the input that takes it; model/name where several have one',
      collect,
    )
    .option('--outputs <names>', 'outputs of the merged model; by default those that nothing takes', collectNames)
    .option('--prefix <names>', 'names of the models, instead of those of their files', collectNames)
    .option('--unify', 'dynamic sizes of one name are the same size in all models')
    .action((models: string[], options: MergeOptions) => mergeModels(models, options, session));
}

interface ExtractOptions {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
}

export function addExtract(program: Command, session: Session): void {
  addCommand(program, {
    usage: 'extract <model> <output>',
    summary: 'Cuts a part out of an ONNX model: what lies between values, which become its inputs and outputs.',
    examples: ['trtx extract model.onnx head.onnx --outputs features'],
  })
    .option('--inputs <names>', "where the part begins; by default the model's inputs", collectNames)
    .option('--outputs <names>', "where it ends; by default the model's outputs", collectNames)
    .action((model: string, output: string, options: ExtractOptions) => extractPart(model, output, options, session));
}

interface Source extends ModelSource {
  readonly imported: ImportedModel;
}

async function read(file: string, session: Session): Promise<Source> {
  const imported = await loadModel(file, session.log);
  return { file, imported, externalFiles: surveyModel(await readBytes(file)).externalFiles };
}

async function mergeModels(models: readonly string[], options: MergeOptions, session: Session): Promise<void> {
  const connect = new Map<string, string[]>();
  for (const text of options.connect ?? []) {
    const at = text.indexOf('=');
    if (at < 0)
      throw new TrtxError('USAGE', '--connect takes an output and an input with = between them', {
        tensor: text,
        hint: "For example --connect 'features=x'.",
      });
    const [output, input] = [text.slice(0, at), text.slice(at + 1)];
    connect.set(output, [...(connect.get(output) ?? []), input]);
  }
  const sources: Source[] = [];
  for (const file of models) sources.push(await read(file, session));
  for (const [output, inputs] of connect)
    for (const input of inputs) session.log({ severity: 'verbose', message: `connected to ${input}`, tensor: output });
  const graph = merge(
    sources.map(({ imported }) => imported.graph),
    {
      connect: Object.fromEntries(connect),
      prefixes: options.prefix,
      outputs: options.outputs,
      symbols: options.unify ? 'unify' : 'rename',
    },
  );
  session.log({ severity: 'info', message: `merged ${models.length} models to ${graph.nodes.size} nodes` });
  await write(graph, options.output, sources, session);
}

async function extractPart(file: string, output: string, options: ExtractOptions, session: Session): Promise<void> {
  const source = await read(file, session);
  const { graph } = source.imported;
  const part = extract(graph, options);
  session.log({ severity: 'info', message: `extracted ${part.nodes.size} of ${graph.nodes.size} nodes` });
  await write(part, output, [source], session);
}

/** Writes a graph in the newest opset of its sources, with what the first of them says about itself. */
async function write(graph: Graph, output: string, sources: readonly Source[], session: Session): Promise<void> {
  verify(graph);
  const targets = await modelTargets(output, sources);
  const opset = Math.max(...sources.map(({ imported }) => outputOpset(imported.model)));
  const { files } = await writeModel(graph, targets, {
    opset,
    model: sources[0]!.imported.model,
    log: session.log,
  });
  const inputs = graph.inputs.map(({ name, type }) => ({ name, type: printType(type) }));
  const outputs = graph.outputs.map(({ name, value }) => ({ name, type: printType(value.type) }));
  const size = Object.values(files).reduce((sum, bytes) => sum + bytes, 0);
  const rows = (what: string, list: typeof inputs) => list.map(({ name, type }) => [what, quote(name), quote(type)]);
  session.result({ output, opset, nodes: graph.nodes.size, inputs, outputs, files }, [
    ...table([...rows('input', inputs), ...rows('output', outputs)], '  '),
    `${quote(output)}: ${graph.nodes.size} nodes, opset ${opset}, ${bytesText(size)}`,
  ]);
}
