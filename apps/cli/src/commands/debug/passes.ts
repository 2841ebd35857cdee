// trtx debug passes: the change of the optimizer that makes a model wrong.

import { bisectPasses, differsFrom, type PassFault, runOnce } from '@trtx/debug';
import { quote } from '@trtx/errors';
import { cloneGraph, specialize } from '@trtx/ir';
import { extensionsOf } from '@trtx/plugin';
import type { Command } from 'commander';
import { collectNames } from '../../command.ts';
import { addComparingCommand, type ComparingOptions, openCompared } from '../../comparing.ts';
import { addDeviceOption, type DeviceFlags } from '../../device-features.ts';
import { addFloat16Options, type Float16Flags, float16ForBuilt, requireKept } from '../../float16.ts';
import type { Session } from '../../session.ts';
import { toleranceFrom } from '../../tolerance.ts';
import { parseSide, SIDE_NAMES, type SideName, withSides } from './sides.ts';

interface Options extends ComparingOptions, Float16Flags, DeviceFlags {
  readonly a: SideName;
  readonly b: SideName;
  readonly skip?: readonly string[];
}

export function addDebugPasses(group: Command, session: Session): void {
  const command = addComparingCommand(group, {
    usage: 'passes <model>',
    summary: 'Finds the change of the optimizer after which a model computes something else.',
    examples: [
      'trtx debug passes model.onnx --inputs inputs',
      'trtx debug passes model.onnx --plugin ./plugin.mjs --b ort',
    ],
  })
    .option('--a <side>', `what runs the changed model: ${SIDE_NAMES}`, parseSide, 'reference')
    .option('--b <side>', 'what runs the model as it is', parseSide, 'reference')
    .option('--skip <passes>', 'leave these passes or rules out', collectNames)
    .action((model: string, options: Options) => bisect(model, options, session));
  addFloat16Options(command);
  addDeviceOption(command);
}

async function bisect(file: string, options: Options, session: Session): Promise<void> {
  const sides = { a: options.a, b: options.b };
  const fp16 = float16ForBuilt(options, [sides.a, sides.b]);
  const tolerance = toleranceFrom(options, fp16 !== undefined);
  const model = await openCompared(file, options, session);
  const { graph, inputs, plugins } = model;
  specialize(graph, model.profile);
  const { ops, pipeline } = extensionsOf(plugins);
  const { O: level, deviceFeatures: features, skip } = options;
  requireKept(model, fp16, level);
  let total = 1;
  const fault = await withSides(sides, { ...model, level: 'none', features, fp16 }, session, async (a, b) => {
    const expected = await runOnce(b, cloneGraph(graph), inputs);
    return bisectPasses(graph, inputs, differsFrom(a, expected, tolerance), {
      level,
      pipeline: pipeline(level),
      skip,
      ops,
      kernels: model.kernels,
      onStep({ check, changes, fails }) {
        // The first check is of all changes: bisection takes their logarithm, and two more come before and after it.
        if (check === 1) total = 3 + Math.ceil(Math.log2(changes + 1));
        session.progress.show('bisect', check, total, `${changes} changes ${fails ? 'fail' : 'pass'}`);
      },
    });
  });
  report(fault, session);
}

function report(fault: PassFault, session: Session): void {
  const { firing, skip, confirmed, changes, checks } = fault;
  const list = (names: readonly string[]) => names.map(quote).join(', ') || 'none';
  session.result(fault, [
    `change ${firing.step} of ${changes}: ${firing.pass}/${firing.rule}${firing.reason ? ` (${quote(firing.reason)})` : ''}`,
    `  nodes    ${list(firing.nodes)}`,
    `  origins  ${list(firing.origins)}`,
    `  made     ${list(firing.added)}`,
    confirmed
      ? `confirmed in ${checks} checks: without it the model is right. Leave it out: --skip ${skip}`
      : `found in ${checks} checks; with --skip ${skip} the model is still wrong: run this again with it`,
  ]);
}
