// trtx debug tactics: which tactic of which group is wrong.

import { openBackend } from '@trtx/builder/node';
import { findWrongTactics } from '@trtx/debug';
import { standardOps } from '@trtx/ir';
import { hostOps } from '@trtx/reference';
import type { Command } from 'commander';
import { parseWhole } from '../../command.ts';
import { addComparingCommand, type ComparingOptions, openCompared } from '../../comparing.ts';
import { FAILED } from '../../failure.ts';
import { tacticsLines } from '../../report/tactics.ts';
import type { Session } from '../../session.ts';

interface Options extends ComparingOptions {
  readonly most: number;
}

export function addTactics(group: Command, session: Session): void {
  addComparingCommand(group, {
    usage: 'tactics <model>',
    summary: 'Runs each group of nodes that departs by itself, fed what is right, with each of its tactics.',
    examples: ['trtx debug tactics model.onnx', 'trtx debug tactics model.onnx --inputs inputs --most 30'],
  })
    .option('--most <n>', 'tactics to try of a group that is wrong', parseWhole(1, 1e4), 12)
    .action((model: string, options: Options) => debugTactics(model, options, session));
}

async function debugTactics(file: string, options: Options, session: Session): Promise<void> {
  const { graph, inputs, profile, plugins, kernels } = await openCompared(file, options, session);
  const { rtol, atol, O: level, most } = options;
  const backend = await openBackend('webgpu', { logger: session.log });
  try {
    session.useAdapter(backend.description);
    session.progress.show('whole', 0, 1, file);
    const { device, isFallback } = backend.gpu!;
    const report = await findWrongTactics(graph, inputs, {
      device,
      software: isFallback,
      hostOps: hostOps(standardOps, kernels),
      kernels,
      plugins,
      profile,
      level,
      rtol,
      atol,
      mostTactics: most,
      onProgress: (done, total, label) => session.progress.show('tactics', done, total, label),
    });
    session.result({ model: file, ...report }, tacticsLines(file, report));
    if (report.departing > 0) session.status = FAILED;
  } finally {
    backend.release();
  }
}
