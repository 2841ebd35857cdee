// A folder of unpacked things, each named after its contents and complete when it is there.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `node_modules/.cache/trtx/software-gpu` of the repository: survives installs, and goes with node_modules. */
export const cacheDir = join(
  dirname(fileURLToPath(import.meta.url)),
  ...['..', '..', '..', 'node_modules', '.cache', 'trtx', 'software-gpu'],
);

/**
 * The folder `key` of the cache, made by `fill` if it is not there. Several processes may ask at once: each fills a
 * folder of its own and the first to rename it wins.
 *
 * @param {string} key
 * @param {(into: string) => Promise<void>} fill
 */
export async function cached(key, fill) {
  const dir = join(cacheDir, key);
  if (existsSync(dir)) return dir;
  await mkdir(cacheDir, { recursive: true });
  const temporary = await mkdtemp(join(cacheDir, '.tmp-'));
  try {
    await fill(temporary);
    await chmod(temporary, 0o755);
    await rename(temporary, dir);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
  return dir;
}
