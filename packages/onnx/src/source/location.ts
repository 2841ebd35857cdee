// What a model may write as the location of external data: a plain relative path. Resolvers share this check, because each
// spelling of "somewhere else" that one of them forgets is a way out of the model's folder.

import { quote } from '@trtx/errors';
import { externalError } from './external.ts';

/**
 * The parts of a relative path.
 * @throws TrtxError ONNX_EXTERNAL for absolute paths, drives, network shares, URLs, and steps upwards in any spelling
 */
export function locationParts(location: string): string[] {
  const refuse = (why: string) =>
    externalError(`the location ${quote(location)} of external data ${why}`, { file: location });
  if (location === '') throw refuse('is empty');
  if (/[\u0000-\u001f\u007f]/.test(location)) throw refuse('has control characters in it');
  if (location.includes('\\')) throw refuse('has backslashes in it');
  if (location.startsWith('/')) throw refuse('is an absolute path');
  if (location.includes(':')) throw refuse('names a drive, a stream or a URL');
  const parts = location.split('/');
  for (const part of parts) {
    const plain = part.replace(/%2e/gi, '.').replace(/%2f|%5c/gi, '/');
    if (plain.includes('/')) throw refuse('has an encoded separator in it');
    if (/^\.\.[. ]*$/.test(plain)) throw refuse('leads out of the folder of the model');
    if (plain === '' || plain === '.') throw refuse('has an empty step in it');
  }
  return parts;
}
