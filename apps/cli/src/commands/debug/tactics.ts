// trtx debug tactics: which tactic of which group is wrong.

import type { Float16Build } from '@trtx/builder';
import { openBackend } from '@trtx/builder/node';
import { findWrongTactics } from '@trtx/debug';
import { standardOps } from '@trtx/ir';
import { hostOps } from '@trtx/reference';
import type { Command } from 'commander';
import { parseWhole } from '../../command.ts';
import { addComparingCommand, type ComparingOptions, openCompared } from '../../comparing.ts';
import { addDeviceOption, type DeviceFlags } from '../../device-features.ts';
import { FAILED } from '../../failure.ts';
import { addFloat16Options, type Float16Flags, float16From } from '../../float16.ts';
import { float16Lines } from '../../report/float16.ts';
import { tacticsLines } from '../../report/tactics.ts';
import type { Session } from '../../session.ts';
import { toleranceFrom } from '../../tolerance.ts';

interface Options extends ComparingOptions, Float16Flags, DeviceFlags {
  readonly most: number;
}

export function addTactics(group: Command, session: Session): void {
  const command = addComparingCommand(group, {
    usage: 'tactics <model>',
    summary: 'Runs each group of nodes that departs by itself, fed what is right, with each of its tactics.',
    examples: ['trtx debug tactics model.onnx', 'trtx debug tactics model.onnx --inputs inputs --most 30'],
  })
    .option('--most <n>', 'tactics to try of a group that is wrong', parseWhole(1, 1e4), 12)
    .action((model: string, options: Options) => debugTactics(model, options, session));
  addFloat16Options(command);
  addDeviceOption(command);
}

async function debugTactics(file: string, options: Options, session: Session): Promise<void> {
  const fp16 = float16From(options);
  const { graph, inputs, profile, plugins, kernels } = await openCompared(file, options, session);
  const { O: level, most } = options;
  let float16: Float16Build | undefined;
  const backend = await openBackend('webgpu', { features: options.deviceFeatures, logger: session.log });
  try {
    session.useAdapter(backend.description);
    session.progress.show('build, run', 0, 1, file);
    const { device, isFallback } = backend.gpu!;
    const report = await findWrongTactics(graph, inputs, {
      device,
      software: isFallback,
      hostOps: hostOps(standardOps, kernels),
      kernels,
      plugins,
      profile,
      level,
      fp16,
      onFloat16: (report) => {
        float16 = report;
      },
      ...toleranceFrom(options, fp16 !== undefined),
      mostTactics: most,
      onProgress: (done, total, label) => session.progress.show('tactics', done, total, label),
    });
    session.result({ model: file, ...report, ...(float16 ? { float16 } : {}) }, [
      ...float16Lines(float16),
      ...tacticsLines(file, report),
    ]);
    if (report.departing > 0) session.status = FAILED;
  } finally {
    backend.release();
  }
}
