// trtx debug precision: which nodes of a model need float32.

import { type Precision, precisionOf } from '@trtx/debug';
import { quote } from '@trtx/errors';
import { specialize } from '@trtx/ir';
import { optimize } from '@trtx/passes';
import { extensionsOf } from '@trtx/plugin';
import type { Command } from 'commander';
import { collectNames, parseWhole } from '../../command.ts';
import { addComparingCommand, type ComparingOptions, openCompared } from '../../comparing.ts';
import { FAILED } from '../../failure.ts';
import type { Session } from '../../session.ts';
import { numberText, table } from '../../text.ts';
import { toleranceFrom } from '../../tolerance.ts';

interface Options extends ComparingOptions {
  readonly keep?: readonly string[];
  readonly whole?: boolean;
  readonly maxRuns: number;
}

/** Of float16, which has three digits. */
const USUAL = { rtol: '1e-2', atol: '1e-2' };

export function addDebugPrecision(group: Command, session: Session): void {
  const text = {
    usage: 'precision <model>',
    summary:
      'Finds what overflows or loses digits in float16, and which nodes to keep in float32: 1 where none are enough.',
    examples: [
      'trtx debug precision model.onnx --inputs inputs',
      'trtx optimize model.onnx half.onnx --fp16 --keep NAMES',
    ],
  };
  addComparingCommand(group, text, USUAL)
    .option('--keep <names>', 'nodes that stay in float32 in any case, by their names, ops or outputs', collectNames)
    .option('--whole', 'float16 wherever ops take it, not only where that is mostly good enough')
    .option('--max-runs <n>', 'runs in float16 that the search may take', parseWhole(1, 2 ** 31), 32)
    .action((model: string, options: Options) => search(model, options, session));
}

async function search(file: string, options: Options, session: Session): Promise<void> {
  const { graph, inputs, profile, plugins, kernels } = await openCompared(file, options, session);
  specialize(graph, profile);
  const { ops, pipeline } = extensionsOf(plugins);
  const { O: level, keep, whole, maxRuns } = options;
  const { rtol, atol } = toleranceFrom(options, true);
  optimize(graph, { level, pipeline: pipeline(level), ops, kernels, logger: session.log });
  const found = await precisionOf(graph, inputs, {
    keep,
    extent: whole ? 'whole' : 'mixed',
    tolerance: { rtol, atol },
    maxRuns,
    kernels,
    onStep: ({ run, keep, ok }) =>
      session.progress.show('float16', run, maxRuns, `${keep} kept: ${ok ? 'good enough' : 'not good enough'}`),
  });
  if (!found.ok) session.status = FAILED;
  session.result(found, lines(found));
}

/** Findings that are printed; --json has all. */
const SHOWN = 20;

function lines({ ok, keep, findings, runs, complete }: Precision): string[] {
  const rows = findings
    .slice(0, SHOWN)
    .map(({ kind, tensor, op, origins, notFinite, error, largest }) => [
      kind,
      quote(tensor),
      op,
      kind === 'loss' ? `error ${numberText(error)}` : `${notFinite} elements, of up to ${numberText(largest)}`,
      origins.map(quote).join(', '),
    ]);
  const rest = findings.length > SHOWN ? [`  and ${findings.length - SHOWN} more, which --json has`] : [];
  const end = complete ? '' : '; --max-runs ended the search: fewer may do';
  const verdict = !ok
    ? 'float16 is NOT good enough, whatever was kept'
    : keep.length === 0
      ? 'float16 is good enough: nothing has to be kept in float32'
      : `good enough in float16 with --keep ${keep.map((name) => `'${quote(name)}'`).join(',')}`;
  return [...table(rows, '  '), ...rest, `${verdict} (${runs} ${runs === 1 ? 'run' : 'runs'}${end})`];
}
