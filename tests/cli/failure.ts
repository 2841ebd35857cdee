// Expecting commands to fail as they should.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Failure, filesIn, trtxJson } from './command.ts';

/** Something ran and was wrong. */
export const FAILED = 1;
/** Wrong arguments or files. */
export const MISUSED = 2;

/** Expects a command to fail with this error and to write nothing in a folder; the error. */
export async function failure(
  status: number,
  code: string,
  args: readonly string[],
  dir: string,
): Promise<Failure['error']> {
  const before = filesIn(dir);
  const { status: actual, data } = await trtxJson<Failure>(...args);
  expect(Object.keys(data)).toContain('error');
  expect({ status: actual, code: data.error.code }, data.error.message).toEqual({ status, code });
  expect(data.error.message).not.toMatch(/\n\s+at /);
  expect(filesIn(dir)).toEqual(before);
  return data.error;
}

/** Writes a file; its path. */
export function write(dir: string, name: string, bytes: Uint8Array | string): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}
