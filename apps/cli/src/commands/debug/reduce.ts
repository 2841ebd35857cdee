// trtx debug reduce: the smallest part of a model that still fails.

import { type Check, differs, type Reduction, reduceGraph } from '@trtx/debug';
import { quote, TrtxError } from '@trtx/errors';
import { type Graph, opName, printType, type TensorType } from '@trtx/ir';
import { surveyModel } from '@trtx/onnx';
import { ReferenceRunner } from '@trtx/reference';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { parseWhole } from '../../command.ts';
import { addComparingCommand, type ComparedModel, type ComparingOptions, openCompared } from '../../comparing.ts';
import { addDeviceOption, type DeviceFlags } from '../../device-features.ts';
import { readBytes } from '../../files.ts';
import { addFloat16Options, type Float16Flags, float16ForBuilt, requireKept } from '../../float16.ts';
import { modelTargets, writeModel } from '../../model-file.ts';
import type { Session } from '../../session.ts';
import { writeFolder } from '../../tensors/raw.ts';
import { table } from '../../text.ts';
import { toleranceFrom } from '../../tolerance.ts';
import { parseSide, SIDE_NAMES, type SideName, withSides } from './sides.ts';
import { userCheck } from './user-check.ts';

interface Options extends ComparingOptions, Float16Flags, DeviceFlags {
  readonly output: string;
  readonly check?: string;
  readonly a?: SideName;
  readonly b?: SideName;
  readonly onError: 'passes' | 'fails';
  readonly maxChecks?: number;
}

export function addDebugReduce(group: Command, session: Session): void {
  const command = addComparingCommand(group, {
    usage: 'reduce <model>',
    summary: 'Finds the smallest part of a model that still fails, and writes it as a model with its inputs.',
    examples: [
      'trtx debug reduce model.onnx -o part.onnx --inputs inputs',
      "trtx debug reduce model.onnx -o part.onnx --check 'node check.mjs {model} {inputs}'",
    ],
  })
    .requiredOption(
      '-o, --output <file>',
      'the part, as an ONNX file; its inputs and what it should give lie beside it',
    )
    .option('--check <command>', 'fails where the command does: {model} and {inputs} in it are a file and a folder')
    .option('--a <side>', `fails where this (${SIDE_NAMES}) departs from the other (default: webgpu)`, parseSide)
    .option('--b <side>', 'the other (default: reference)', parseSide)
    .option('--on-error <what>', 'a part that --a cannot build or run passes or fails', parseOnError, 'passes')
    .option('--max-checks <n>', 'end with what fails by then', parseWhole(3, 2 ** 31))
    .action((model: string, options: Options) => reduce(model, options, session));
  addFloat16Options(command);
  addDeviceOption(command);
}

function parseOnError(text: string): 'passes' | 'fails' {
  if (text !== 'passes' && text !== 'fails') throw new InvalidArgumentError('It is passes or fails.');
  return text;
}

async function reduce(file: string, options: Options, session: Session): Promise<void> {
  if (options.check !== undefined && (options.a ?? options.b))
    throw new TrtxError('USAGE', 'the check is given in two ways', { hint: 'Use either --check, or --a and --b.' });
  const model = await openCompared(file, options, session);
  const { externalFiles } = surveyModel(await readBytes(file));
  const targets = await modelTargets(options.output, [{ file, externalFiles }]);
  const whole = model.graph.nodes.size;
  const found = await withCheck(model, options, session, (fails) =>
    reduceGraph(model.graph, model.inputs, fails, {
      values: async (part) => new ReferenceRunner(part, { kernels: model.kernels }),
      maxChecks: options.maxChecks,
      onStep: ({ nodes, fails }) =>
        fails && session.progress.show('reduce', whole - nodes, whole, `${nodes} nodes fail`),
    }),
  );
  await writeModel(found.graph, targets, { opset: model.opset, model: model.metadata, log: session.log });
  const stem = options.output.replace(/\.onnx$/, '');
  const folders = { inputs: `${stem}.inputs`, expect: `${stem}.outputs` };
  await writeFolder(folders.inputs, found.inputs);
  await writeFolder(folders.expect, found.expected);
  report(found, { output: options.output, ...folders }, session);
}

function withCheck<T>(
  model: ComparedModel,
  options: Options,
  session: Session,
  work: (fails: Check) => Promise<T>,
): Promise<T> {
  const { check, a = 'webgpu', b = 'reference', O: level, deviceFeatures: features, onError } = options;
  const fp16 = float16ForBuilt(options, check === undefined ? [a, b] : ['--check']);
  requireKept(model, fp16, level);
  if (check !== undefined)
    return work(
      userCheck(check, async (graph: Graph, path: string) => {
        await writeModel(
          graph,
          { model: path, weights: undefined },
          {
            opset: model.opset,
            model: model.metadata,
            log: () => {},
          },
        );
      }),
    );
  const tolerance = toleranceFrom(options, fp16 !== undefined);
  return withSides({ a, b }, { ...model, level, features, fp16 }, session, (actual, expected) =>
    work(differs(actual, expected, { ...tolerance, onError })),
  );
}

function report(
  { graph, checks, nodesBefore, nodesAfter, impossible, complete }: Reduction,
  files: { readonly output: string; readonly inputs: string; readonly expect: string },
  session: Session,
): void {
  const nodes = graph.topological().map(({ name, op, origin }) => ({ name, op: opName(op), origins: origin }));
  const end = (what: string, name: string, type: TensorType) => [what, quote(name), quote(printType(type))];
  const rows = [
    ...graph.inputs.map(({ name, type }) => end('input', name, type)),
    ...nodes.map(({ name, op }) => ['node', quote(name), op]),
    ...graph.outputs.map(({ name, value }) => end('output', name, value.type)),
  ];
  session.result({ ...files, nodesBefore, nodesAfter, checks, impossible, complete, nodes }, [
    ...table(rows, '  '),
    `${nodesAfter} of ${nodesBefore} nodes fail, found in ${checks} checks${complete ? '' : ', all that --max-checks allows'}`,
    `try: trtx verify ${quote(files.output)} --inputs ${quote(files.inputs)} --expect ${quote(files.expect)}`,
  ]);
}
