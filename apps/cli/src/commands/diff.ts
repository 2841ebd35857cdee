// trtx inspect --diff: what became of a model.

import { TrtxError } from '@trtx/errors';
import { type ModelSurvey, surveyModel } from '@trtx/onnx';
import { readBytes } from '../files.ts';
import { isEngineFile } from '../model.ts';
import { diffData, diffLines } from '../report/diff.ts';
import type { Session } from '../session.ts';

export async function inspectDiff(before: string, after: string, session: Session): Promise<void> {
  const data = diffData(await survey(before), await survey(after));
  session.result({ kind: 'diff', before, after, ...data }, diffLines(data));
}

async function survey(file: string): Promise<ModelSurvey> {
  if (await isEngineFile(file))
    throw new TrtxError('NOT_A_MODEL', 'this is an engine', { file, hint: 'Name two ONNX models.' });
  return surveyModel(await readBytes(file));
}
