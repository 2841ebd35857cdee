import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTrtxError } from '@trtx/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attribute, info, modelBytes, node, tensor } from '../testing/models.ts';
import { importFile } from './import-file.ts';
import { nodeResolver } from './resolver.ts';

/** top/ holds secret.bin and the folder of the model, in which every attack is laid out. */
let top = '';
let dir = '';

beforeAll(() => {
  if (process.platform === 'win32') return;
  top = mkdtempSync(join(tmpdir(), 'trtx-external-'));
  dir = join(top, 'model');
  mkdirSync(join(dir, 'sub', 'real'), { recursive: true });
  mkdirSync(join(top, 'model-beside'));
  writeFileSync(join(top, 'secret.bin'), Buffer.alloc(64, 7));
  writeFileSync(join(top, 'model-beside', 'w.bin'), Buffer.alloc(64, 7));
  writeFileSync(
    join(dir, 'w.bin'),
    Uint8Array.from({ length: 64 }, (_, i) => i),
  );
  writeFileSync(join(dir, 'sub', 'real', 'w.bin'), Buffer.alloc(64, 1));
  symlinkSync(join(top, 'secret.bin'), join(dir, 'leaf-out'));
  symlinkSync('w.bin', join(dir, 'leaf-in'));
  symlinkSync(top, join(dir, 'parent-out'));
  symlinkSync(join('sub', 'real'), join(dir, 'parent-in'));
  symlinkSync('loop', join(dir, 'loop'));
  symlinkSync('/nowhere/at/all', join(dir, 'dangling'));
  linkSync(join(top, 'secret.bin'), join(dir, 'hard'));
  mkdirSync(join(dir, 'folder'));
  execFileSync('mkfifo', [join(dir, 'fifo')]);
});

afterAll(() => {
  if (top) rmSync(top, { recursive: true, force: true });
});

async function refusal(location: string): Promise<string> {
  try {
    const file = await nodeResolver(dir)(location);
    await file.close?.();
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    expect(error.code).toBe('ONNX_EXTERNAL');
    expect(error.place.file).toBe(location);
    return error.message;
  }
  throw new Error('was opened');
}

/** A model with a tensor of 8 bytes at a location, through one of the doors. */
function modelAt(location: string, door: 'initializer' | 'Constant', entries: Record<string, string> = {}): Uint8Array {
  const external_data = Object.entries({ location, ...entries }).map(([key, value]) => ({ key, value }));
  const weights = tensor('w', 'float32', [2], { data_location: 1, external_data });
  const constant = node('Constant', [], ['w'], {}, { attribute: [attribute('value', weights)] });
  const add = node('Add', ['x', 'w'], ['y']);
  return modelBytes({
    inputs: [info('x', 'float32', [2])],
    initializers: door === 'initializer' ? [weights] : [],
    nodes: door === 'initializer' ? [add] : [constant, add],
  });
}

const ATTACKS: readonly [string, string, string][] = [
  ['a link at the end, out of the folder', 'leaf-out', 'outside of the folder'],
  ['a link at the end, within the folder', 'leaf-in', 'has a symbolic link in it'],
  ['a link in the path, out of the folder', 'parent-out/secret.bin', 'outside of the folder'],
  ['a link in the path, within the folder', 'parent-in/w.bin', 'has a symbolic link in it'],
  ['a link to itself', 'loop', 'is not there'],
  ['a link to nothing', 'dangling', 'is not there'],
  ['a hard link', 'hard', 'has 2 names'],
  ['a FIFO', 'fifo', 'no regular file'],
  ['a folder', 'folder', 'no regular file'],
  ['a file that is not there', 'absent.bin', 'is not there'],
  ['a step upwards', '../secret.bin', 'leads out'],
  ['a step upwards from below', 'sub/../../secret.bin', 'leads out'],
  ['a step upwards that stays inside', 'sub/../w.bin', 'leads out'],
  ['a folder whose name begins alike', '../model-beside/w.bin', 'leads out'],
  ['an absolute path', '/etc/passwd', 'absolute'],
  ['a URL', 'file:///etc/passwd', 'URL'],
  ['an encoded step upwards', '%2e%2e/secret.bin', 'leads out'],
  ['an encoded separator', '..%2fsecret.bin', 'encoded separator'],
];

describe.skipIf(process.platform === 'win32')('nodeResolver', () => {
  it('reads files in the folder and below, and keeps to their bytes', async () => {
    for (const location of ['w.bin', 'sub/real/w.bin']) {
      const file = await nodeResolver(dir)(location);
      expect(file.size).toBe(64);
      expect((await file.read(8, 16)).length).toBe(16);
      await file.close?.();
    }
    const file = await nodeResolver(dir)('w.bin');
    expect([...(await file.read(60, 4))]).toEqual([60, 61, 62, 63]);
    await expect(file.read(60, 5)).rejects.toThrow('ended at byte 64');
    await file.close?.();
  });

  it('works where the folder itself is reached through a link', async () => {
    const link = join(top, 'link-to-model');
    symlinkSync(dir, link);
    const file = await nodeResolver(link)('w.bin');
    expect(file.size).toBe(64);
    await file.close?.();
  });

  it.each(ATTACKS)('refuses %s', async (_, location, message) => {
    expect(await refusal(location)).toContain(message);
  });

  it('refuses a device', async () => {
    await expect(nodeResolver('/dev')('null')).rejects.toThrow('no regular file');
  });

  it('goes on reading the file that it checked when another takes its place', async () => {
    writeFileSync(join(dir, 'swap.bin'), Buffer.alloc(8, 1));
    const file = await nodeResolver(dir)('swap.bin');
    writeFileSync(join(dir, 'other.bin'), Buffer.alloc(8, 2));
    renameSync(join(dir, 'other.bin'), join(dir, 'swap.bin'));
    expect([...(await file.read(0, 8))]).toEqual(new Array(8).fill(1));
    await file.close?.();
  });
});

describe.skipIf(process.platform === 'win32')('importFile', () => {
  it('imports a model with its weights beside it', async () => {
    writeFileSync(join(dir, 'good.onnx'), modelAt('w.bin', 'initializer', { offset: '8' }));
    const { graph } = await importFile(join(dir, 'good.onnx'));
    expect(graph.name).toBe('good');
    expect([...graph.constants()[0]!.constant!.read()]).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  describe.each(['initializer', 'Constant'] as const)('through the door of %s', (door) => {
    it.each([
      ...ATTACKS.map(([name, location]) => [name, location, {}] as const),
      ...([
        ['a negative offset', 'w.bin', { offset: '-8' }],
        ['an offset past the end', 'w.bin', { offset: '64' }],
        ['a huge offset', 'w.bin', { offset: '9223372036854775807' }],
        ['a huge length', 'w.bin', { length: '9223372036854775807' }],
      ] as const),
    ])('refuses %s', async (_, location, entries) => {
      const path = join(dir, 'attack.onnx');
      writeFileSync(path, modelAt(location, door, entries));
      await expect(importFile(path)).rejects.toMatchObject({ name: 'TrtxError', code: 'ONNX_EXTERNAL' });
    });
  });

  it('tells what is wrong with the model file itself', async () => {
    await expect(importFile(join(dir, 'absent.onnx'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(importFile(dir)).rejects.toMatchObject({ code: 'FILE_READ' });
  });
});
