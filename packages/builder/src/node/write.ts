// Files that are either whole or not there.

import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TrtxError } from '@trtx/errors';

export interface WriteOptions {
  /** Ends the writing, after which nothing is left of it. */
  readonly signal?: AbortSignal;
}

/** Node's messages would name the temporary file. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EACCES: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no room is left',
  EISDIR: 'a folder has this name',
};

/**
 * Writes chunks to a file under a temporary name in the same folder, then renames it: readers never see half of it, and
 * nothing is left after an error.
 * @throws TrtxError FILE_WRITE; or the signal's reason
 */
export async function writeFileWhole(
  path: string,
  chunks: Iterable<Uint8Array>,
  { signal }: WriteOptions = {},
): Promise<void> {
  const temporary = join(dirname(path), `.${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const chunk of chunks) await file.writeFile(chunk, { signal });
      await file.sync();
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    signal?.throwIfAborted();
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new TrtxError('FILE_WRITE', `cannot write: ${REASONS[code] ?? (cause as Error).message}`, {
      file: path,
      hint: 'Check that the folder exists, may be written to, and has room.',
      cause,
    });
  }
}
