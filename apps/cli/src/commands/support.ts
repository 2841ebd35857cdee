// trtx inspect --support: what of a model is supported, and how, in one go.

import { type SupportOptions, supportOf } from '@trtx/builder';
import { isTrtxError, type Logger, TrtxError } from '@trtx/errors';
import type { Profile } from '@trtx/ir';
import { type ImportOptions, surveyModel } from '@trtx/onnx';
import { extensionsOf, importOptions, type Plugin } from '@trtx/plugin';
import { readBytes } from '../files.ts';
import { isEngineFile, loadModel } from '../model.ts';
import { supportData, supportLines } from '../report/support.ts';
import type { Session } from '../session.ts';
import type { ValueOptions } from '../values.ts';

export interface SupportFlags extends ValueOptions {
  /** Sizes or ranges of inputs. */
  readonly profile: Profile | undefined;
  readonly plugins: readonly Plugin[];
}

/** The exit status is 1 where something is not supported. */
export async function inspectSupport(
  file: string,
  { plugins, profile, ...given }: SupportFlags,
  session: Session,
): Promise<void> {
  if (await isEngineFile(file))
    throw new TrtxError('NOT_A_MODEL', 'this is an engine: what is in it is supported', {
      file,
      hint: 'Use --placement, or name the ONNX model that it was built from.',
    });
  const options = importOptions(plugins);
  const { kernels } = extensionsOf(plugins);
  const survey = surveyModel(await readBytes(file, session.log), options);
  const { imported, error } = await tryImport(file, session.log, { ...options, profile }, given);
  const ops = supportOf(survey, { ...options, kernels, imported });
  const data = supportData(ops, error);
  if (!data.supported) session.status = 1;
  session.result({ kind: 'support', file, ...data }, supportLines(data));
}

/** The model where it can be imported; else why not. */
async function tryImport(
  file: string,
  log: Logger,
  options: ImportOptions,
  given: ValueOptions,
): Promise<{ imported?: SupportOptions['imported']; error?: TrtxError }> {
  try {
    return { imported: await loadModel(file, log, options, given) };
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    return { error };
  }
}
