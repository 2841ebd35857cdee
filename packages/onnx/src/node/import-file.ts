// Importing from the disk.

import { readFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { errorAt, TrtxError } from '@trtx/errors';
import { type ImportedModel, type ImportOptions, importModel } from '../import/import.ts';
import { nodeResolver } from './resolver.ts';

/**
 * Imports an ONNX file with the external data beside it. The graph is named after the file unless told otherwise.
 * @throws TrtxError FILE_NOT_FOUND or FILE_READ, and as `importModel`, naming the file
 */
export async function importFile(path: string, options: ImportOptions = {}): Promise<ImportedModel> {
  const bytes = await readModelFile(path);
  try {
    return await importModel(bytes, {
      name: basename(path, extname(path)),
      resolveExternal: nodeResolver(dirname(path)),
      ...options,
    });
  } catch (error) {
    throw errorAt(error, { file: path });
  }
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new TrtxError(missing ? 'FILE_NOT_FOUND' : 'FILE_READ', `the model cannot be read`, {
      file: path,
      cause,
      hint: missing ? 'Check the path.' : 'Check that it is a file and may be read.',
    });
  }
}
