// Timing caches as files.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { errorAt, TrtxError } from '@trtx/errors';
import { TimingCache } from '../tune/cache.ts';
import { writeFileWhole } from './write.ts';

/** Reads a timing cache; one that is not there is empty. @throws TrtxError TIMING_CACHE, FILE_READ */
export async function readTimingCache(path: string): Promise<TimingCache> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return new TimingCache();
    throw new TrtxError('FILE_READ', `it cannot be read: ${code}`, { file: path, hint: 'Check the path.', cause });
  }
  try {
    return TimingCache.parse(text);
  } catch (error) {
    throw errorAt(error, { file: path });
  }
}

/**
 * Writes a timing cache, with what the file has got meanwhile from others. Nothing is written where nothing has changed.
 * @throws TrtxError TIMING_CACHE, FILE_READ, FILE_WRITE
 */
export async function writeTimingCache(path: string, cache: TimingCache): Promise<void> {
  const there = await readTimingCache(path);
  const before = there.toString();
  cache.merge(there);
  const text = cache.toString();
  if (text !== before) await writeFileWhole(path, [new TextEncoder().encode(text)]);
}

/** What implements WebGPU in Node, with its version: `webgpu 0.6.2`; empty where it is not installed. */
export function nodeImplementation(): string {
  try {
    return `webgpu ${createRequire(import.meta.url)('webgpu/package.json').version}`;
  } catch {
    return '';
  }
}
