// trtx compare: two ways to compute a model, at every tensor that both have.

import {
  compareStages,
  compareValues,
  referenceSubject,
  remembering,
  type StagesReport,
  type Tolerance,
  type ValuesReport,
} from '@trtx/debug';
import type { Command } from 'commander';
import { collectNames } from '../command.ts';
import { addComparingCommand, type ComparedModel, type ComparingOptions, openCompared } from '../comparing.ts';
import { addDeviceOption, type DeviceFlags } from '../device-features.ts';
import { FAILED } from '../failure.ts';
import { addFloat16Options, type Float16Flags, float16ForBuilt } from '../float16.ts';
import { compareData, compareLines, notesOf } from '../report/compare.ts';
import { float16Lines } from '../report/float16.ts';
import type { Session } from '../session.ts';
import { type OpenedSubject, requireSubject, withSubjects } from '../subjects/index.ts';
import { toleranceFrom } from '../tolerance.ts';

interface Options extends ComparingOptions, DeviceFlags, Float16Flags {
  readonly a: string;
  readonly b: string;
  readonly outputs?: readonly string[];
}

export function addCompare(program: Command, session: Session): void {
  const command = addComparingCommand(program, {
    usage: 'compare <model>',
    summary: 'Computes a model in two ways and compares every tensor that both have: where does it begin to depart?',
    examples: [
      'trtx compare model.onnx',
      'trtx compare model.onnx --b ort --inputs inputs',
      'trtx compare model.onnx --a reference --b model.trtx --outputs features',
    ],
  })
    .option('--a <way>', 'webgpu (an engine that is built), reference, ort (ONNX Runtime), or an engine file', 'webgpu')
    .option('--b <way>', 'likewise: what is expected', 'reference')
    .option('--outputs <names>', 'compare only these tensors; all that both have by default', collectNames)
    .action((model: string, options: Options) => compare(model, options, session));
  addFloat16Options(command);
  addDeviceOption(command);
}

async function compare(file: string, options: Options, session: Session): Promise<void> {
  const fp16 = float16ForBuilt(options, [options.a, options.b]);
  for (const name of [options.a, options.b]) await requireSubject(name);
  const model = await openCompared(file, options, session);
  const tolerance = toleranceFrom(options, fp16 !== undefined);
  const { O: level, outputs: wanted, deviceFeatures: features } = options;
  const { graph, inputs, opset } = model;
  await withSubjects(
    [options.a, options.b],
    model,
    { level, opset, features, fp16 },
    session,
    async ([first, second]) => {
      const [a, b] = [first!.subject, second!.subject];
      const all = wanted === undefined || (wanted.length === 1 && wanted[0] === 'all');
      session.progress.show('compare', 0, 1, `${a.name} with ${b.name}`);
      const report = await compareValues(a, b, inputs, { graph, ...tolerance, ...(all ? {} : { wanted }) });
      const stages = report.ok ? undefined : await stagesOf([first!, second!], model, tolerance);
      const notes = notesOf(report);
      const ok = report.ok || (stages !== undefined && isImmaterial(report, stages));
      const verdict = { ok, stages, notes, fp16: fp16 !== undefined };
      const float16 = first!.float16 ?? second!.float16;
      session.result({ model: file, ...compareData(report, verdict), ...(float16 ? { float16 } : {}) }, [
        ...float16Lines(float16),
        ...compareLines(report, { file, ...verdict }),
      ]);
      if (!ok || notes.length > 0) session.status = FAILED;
    },
  );
}

/** Whether all that departs does so without an effect. */
function isImmaterial({ tensors, incomparable }: ValuesReport, { blame, withoutEffect }: StagesReport): boolean {
  if (blame !== 'neither' || incomparable.some(({ isOutput }) => isOutput)) return false;
  return tensors.every(({ name, ok }) => ok || withoutEffect.includes(name));
}

/** Where one of both was built here: what of the build is to blame. */
async function stagesOf(
  subjects: readonly [OpenedSubject, OpenedSubject],
  { graph, inputs, kernels }: ComparedModel,
  tolerance: Tolerance,
): Promise<StagesReport | undefined> {
  const built = subjects.find(({ optimized }) => optimized !== undefined);
  const other = subjects.find((subject) => subject !== built);
  if (!built?.optimized || !other) return undefined;
  const { optimized } = built;
  const between = remembering(referenceSubject(optimized, { kernels }));
  return compareStages(built.subject, other.subject, inputs, { source: graph, optimized, between, ...tolerance });
}
