// Files as commands take them: a model or an engine, told apart by their first bytes.

import { open } from 'node:fs/promises';
import { HEADER_BYTES, readHeader } from '@trtx/engine';
import { isTrtxError, TrtxError } from '@trtx/errors';
import type { ImportedModel, ImportOptions } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { requireFile } from './files.ts';

/** Whether the file is an engine, be it a damaged one. */
export async function isEngineFile(path: string): Promise<boolean> {
  await requireFile(path);
  const file = await open(path);
  try {
    const head = new Uint8Array(HEADER_BYTES);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    readHeader(head.subarray(0, bytesRead));
    return true;
  } catch (error) {
    return isTrtxError(error) && error.code !== 'NOT_AN_ENGINE';
  } finally {
    await file.close();
  }
}

/** @throws TrtxError FILE_READ, NOT_A_MODEL, and as `importFile` */
export async function loadModel(path: string, options?: ImportOptions): Promise<ImportedModel> {
  if (await isEngineFile(path))
    throw new TrtxError('NOT_A_MODEL', 'this is an engine, which is built already', {
      file: path,
      hint: 'Run it by `trtx run`, or name the ONNX model that it was built from.',
    });
  return importFile(path, options);
}
