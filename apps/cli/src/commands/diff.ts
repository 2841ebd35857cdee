// trtx inspect --diff: what became of a model, or how one engine differs from another.

import { parseEngine } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { surveyModel } from '@trtx/onnx';
import { diffEngines } from '@trtx/profiler';
import { readBytes } from '../files.ts';
import { isEngineFile } from '../model.ts';
import { diffData, diffLines } from '../report/diff.ts';
import { engineDiffLines } from '../report/engine-diff.ts';
import type { Session } from '../session.ts';

export async function inspectDiff(before: string, after: string, session: Session): Promise<void> {
  const engines = [await isEngineFile(before), await isEngineFile(after)];
  if (engines[0] !== engines[1])
    throw new TrtxError('USAGE', 'one of these is a model, the other an engine', {
      file: engines[0] ? after : before,
      hint: 'Name two ONNX models, or two engines.',
    });
  const [a, b] = [await readBytes(before, session.log), await readBytes(after, session.log)];
  if (engines[0]) {
    const data = diffEngines(parseEngine(a).plan, parseEngine(b).plan);
    const fileBytes = { before: a.length, after: b.length };
    session.result({ kind: 'engine-diff', before, after, fileBytes, ...data }, engineDiffLines(data, fileBytes));
  } else {
    const data = diffData(surveyModel(a), surveyModel(b));
    session.result({ kind: 'diff', before, after, ...data }, diffLines(data));
  }
}
