import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TimingCache } from '../tune/cache.ts';
import type { DeviceKey } from '../tune/device-key.ts';
import { nodeImplementation, readTimingCache, writeTimingCache } from './timing-cache.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trtx-times-'));
});
afterEach(() => rm(dir, { recursive: true }));

const key: DeviceKey = {
  vendor: '',
  architecture: '',
  device: 'd',
  description: '',
  implementation: '',
  features: [],
};

function cacheWith(problem: string): TimingCache {
  const cache = new TimingCache();
  cache.device(key).add(problem, new Map([['map', { version: 1, us: 2, rounds: 3 }]]));
  return cache;
}

it('reads nothing of a file that is not there, and merges what it writes with what is there by then', async () => {
  const path = join(dir, 'times.json');
  expect((await readTimingCache(path)).devices).toEqual([]);
  await writeTimingCache(path, new TimingCache());
  await writeTimingCache(path, cacheWith('a'));
  await writeTimingCache(path, cacheWith('b'));
  const { devices } = await readTimingCache(path);
  expect([...devices[0]!.problems.keys()]).toEqual(['a', 'b']);
  expect(await readdir(dir)).toEqual(['times.json']);
});

it('refuses a broken file by its name, and leaves it as it is', async () => {
  const path = join(dir, 'times.json');
  await writeFile(path, '{"format"');
  await expect(readTimingCache(path)).rejects.toMatchObject({ code: 'TIMING_CACHE', place: { file: path } });
  await expect(writeTimingCache(path, cacheWith('a'))).rejects.toMatchObject({ code: 'TIMING_CACHE' });
  expect(await readFile(path, 'utf8')).toBe('{"format"');
  await expect(readTimingCache(dir)).rejects.toMatchObject({ code: 'FILE_READ' });
});

it('knows what implements WebGPU in Node', () => {
  expect(nodeImplementation()).toMatch(/^webgpu \d+\./);
});
