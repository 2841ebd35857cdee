// Files that are either whole or not there.

import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TrtxError } from '@trtx/errors';

/**
 * Writes chunks to a file under a temporary name in the same folder, then renames it: readers never see half of it, and
 * nothing is left after an error.
 * @throws TrtxError FILE_WRITE
 */
export async function writeFileWhole(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new TrtxError('FILE_WRITE', `cannot write: ${(cause as Error).message}`, {
      file: path,
      hint: 'Check that the folder exists, may be written to, and has room.',
      cause,
    });
  }
}
