// External data from the disk. A model is untrusted, and each way out of its folder has been used somewhere: `..`, links
// in the path or at its end, hard links to files elsewhere, and exchanging the file between check and open. So the path is
// checked, then the file is opened without following links, then the opened handle is checked, and only it is read.

import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type ExternalFile, externalError, type ResolveExternal } from '../source/external.ts';
import { locationParts } from '../source/location.ts';

/** Node reads at most this many bytes in one call on every platform. */
const MAX_READ = 2 ** 30;

/**
 * Opens files in the folder of a model, and nothing else: plain files with one name, with no link in their path.
 * @throws TrtxError ONNX_EXTERNAL, naming the file (from the function that is returned)
 */
export function nodeResolver(modelDir: string): ResolveExternal {
  return async (location) => {
    const path = await checkedPath(modelDir, location);
    const refuse = (why: string) => externalError(`the file of external data ${why}`, { file: location });
    // O_NONBLOCK: opening a FIFO must not wait for a writer. Both flags are absent on Windows, where 0 is right.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const before = await lstat(path, { bigint: true }).catch((cause: unknown) => {
      throw externalError('the file of external data is not there', { file: location, cause });
    });
    if (before.isSymbolicLink()) throw refuse('is a symbolic link');
    if (!before.isFile()) throw refuse('is no regular file');
    const handle = await open(path, flags).catch((cause: unknown) => {
      throw externalError('the file of external data cannot be opened', { file: location, cause });
    });
    try {
      const opened = await handle.stat({ bigint: true });
      if (!opened.isFile()) throw refuse('is no regular file');
      if (opened.nlink !== 1n) throw refuse(`has ${opened.nlink} names (hard links)`);
      if (opened.dev !== before.dev || opened.ino !== before.ino) throw refuse('was exchanged while it was opened');
      // Parents may have been exchanged too: the path must still be the one that was checked.
      if ((await checkedPath(modelDir, location)) !== path) throw refuse('was moved while it was opened');
      return file(handle, Number(opened.size), location);
    } catch (error) {
      await handle.close();
      throw error;
    }
  };
}

/** The path inside the folder, which must be what it is without links. */
async function checkedPath(modelDir: string, location: string): Promise<string> {
  const parts = locationParts(location);
  const root = await realpath(modelDir);
  const path = join(root, ...parts);
  const real = await realpath(path).catch((cause: unknown) => {
    throw externalError('the file of external data is not there', { file: location, cause });
  });
  const prefix = root.endsWith(sep) ? root : `${root}${sep}`;
  if (!real.startsWith(prefix))
    throw externalError('the file of external data is outside of the folder of the model', { file: location });
  if (real !== path) throw externalError('the path of external data has a symbolic link in it', { file: location });
  return path;
}

function file(handle: FileHandle, size: number, location: string): ExternalFile {
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const want = Math.min(length - done, MAX_READ);
        const { bytesRead } = await handle.read(bytes, done, want, offset + done);
        if (bytesRead === 0)
          throw externalError(`the file ended at byte ${offset + done} while it was read`, { file: location });
        done += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
