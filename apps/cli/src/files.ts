// Reading and writing files with errors that name them.

import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { writeFileWhole } from '@trtx/builder/node';
import { type Logger, TrtxError } from '@trtx/errors';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'no permission to read it',
};

/**
 * @param log is told what was read
 * @throws TrtxError FILE_READ
 */
export async function readBytes(path: string, log?: Logger): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const start = performance.now();
    const { buffer, byteOffset, byteLength } = await readFile(path);
    log?.({ severity: 'info', message: `read ${byteLength} bytes`, ms: performance.now() - start, file: path });
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** @throws TrtxError FILE_READ where the path is no file that can be read */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  if (found.isDirectory()) throw unreadable(path, { code: 'EISDIR' });
}

/**
 * Fails before the work is done rather than after it, where the result could not be written.
 * @throws TrtxError FILE_WRITE, or USAGE where the output would replace the input
 */
export async function requireOutput(path: string, input: string): Promise<void> {
  const fail = (why: string, hint: string) => {
    throw new TrtxError('FILE_WRITE', `cannot write: ${why}`, { file: path, hint });
  };
  const [folder, file, source] = await Promise.all(
    [dirname(path), path, input].map((name) => stat(name).catch(() => null)),
  );
  // One file may have several names.
  const isSame = file && source && file.ino === source.ino && file.dev === source.dev;
  if (isSame || resolve(path) === resolve(input))
    throw new TrtxError('USAGE', 'the output would replace the input', { file: path, hint: 'Choose another name.' });
  if (!folder?.isDirectory()) fail('there is no such folder', 'Make the folder first.');
  if (file?.isDirectory()) fail('a folder has this name', 'Name a file.');
}

/** @throws TrtxError FILE_WRITE */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause) => {
    throw new TrtxError('FILE_WRITE', `cannot make the folder: ${cause.code}`, {
      file: path,
      hint: 'Name a folder that exists or can be made.',
      cause,
    });
  });
}

/** JSON as the bytes of a file. */
export function jsonBytes(data: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(data)}\n`);
}

/** Writes a file whole or not at all; Ctrl-C meanwhile leaves nothing of it either, and ends the process. */
export async function writeWhole(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const stop = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => stop.abort(signal);
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  for (const signal of signals) process.on(signal, interrupt);
  try {
    await writeFileWhole(path, chunks, { signal: stop.signal });
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    if (stop.signal.aborted) process.kill(process.pid, stop.signal.reason);
  }
}

function unreadable(path: string, cause: unknown): TrtxError {
  const { code = '' } = cause as NodeJS.ErrnoException;
  return new TrtxError('FILE_READ', REASONS[code] ?? `it cannot be read: ${code || cause}`, {
    file: path,
    hint: 'Check the path.',
    cause,
  });
}
