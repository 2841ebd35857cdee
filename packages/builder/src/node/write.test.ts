import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileWhole } from './write.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trtx-write-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('writes all chunks, and replaces what was there', async () => {
  const path = join(dir, 'a.trtx');
  await writeFile(path, 'old and longer');
  await writeFileWhole(path, [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
  expect(await readdir(dir)).toEqual(['a.trtx']);
});

it('leaves nothing, and what was there as it was, where a chunk cannot be made', async () => {
  const path = join(dir, 'a.trtx');
  await writeFile(path, 'old');
  function* chunks() {
    yield new Uint8Array(100_000);
    throw new Error('no more');
  }
  await expect(writeFileWhole(path, chunks())).rejects.toMatchObject({ code: 'FILE_WRITE', place: { file: path } });
  expect(await readdir(dir)).toEqual(['a.trtx']);
  expect(await readFile(path, 'utf8')).toBe('old');
});

it('leaves nothing where it is ended', async () => {
  const stop = new AbortController();
  function* chunks() {
    yield new Uint8Array(100_000);
    stop.abort('enough');
    yield new Uint8Array(100_000);
  }
  await expect(writeFileWhole(join(dir, 'a.trtx'), chunks(), { signal: stop.signal })).rejects.toBe('enough');
  expect(await readdir(dir)).toEqual([]);
});

it('tells why a path cannot be written', async () => {
  await expect(writeFileWhole(join(dir, 'none', 'a'), [])).rejects.toThrow(/there is no such folder.*none/);
  await expect(writeFileWhole(dir, [])).rejects.toMatchObject({ code: 'FILE_WRITE', hint: expect.anything() });
  expect(await readdir(dir)).toEqual([]);
});
