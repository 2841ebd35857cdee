import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTrtxError } from '@trtx/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../import/import.ts';
import type { ResolveExternal } from '../source/external.ts';
import {
  attribute,
  bodyAttribute,
  info,
  modelBytes,
  node,
  sparse,
  sparseAttribute,
  tensor,
} from '../testing/models.ts';
import type { AttributeProto } from '../wire/index.ts';
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

/** The ways by which a model may ask for a file, and the node and tensor that the error names. */
const DOORS = {
  initializer: { node: 'n_y (Add)', tensor: 'w' },
  Constant: { node: 'n_w (Constant)', tensor: 'w' },
  'the values of a sparse tensor': { node: 'n_y (Add)', tensor: 'w' },
  'the indices of a sparse tensor': { node: 'n_w (Constant)', tensor: 'w' },
  'a graph in a node': { node: 'n_t (Relu)', tensor: 'w' },
} as const;
type Door = keyof typeof DOORS;

/** A model with a tensor of 8 bytes (16 bytes, for indices) at a location, through one of the doors. */
function modelAt(location: string, door: Door, entries: Record<string, string> = {}): Uint8Array {
  const external_data = Object.entries({ location, ...entries }).map(([key, value]) => ({ key, value }));
  const outside = { data_location: 1, external_data };
  const weights = tensor('w', 'float32', [2], outside);
  const add = node('Add', ['x', 'w'], ['y']);
  const inputs = [info('x', 'float32', [2])];
  const constant = (value: AttributeProto) => node('Constant', [], ['w'], {}, { attribute: [value] });
  switch (door) {
    case 'initializer':
      return modelBytes({ inputs, initializers: [weights], nodes: [add] });
    case 'Constant':
      return modelBytes({ inputs, nodes: [constant(attribute('value', weights)), add] });
    case 'the values of a sparse tensor':
      return modelBytes({
        inputs,
        nodes: [add],
        graph: { sparse_initializer: [{ ...sparse('w', [2], [0, 1]), values: weights }] },
      });
    case 'the indices of a sparse tensor': {
      const indices = tensor('', 'int64', [1], outside);
      return modelBytes({
        inputs,
        nodes: [constant(sparseAttribute('sparse_value', { ...sparse('', [2], [0]), indices })), add],
      });
    }
    case 'a graph in a node': {
      const body = { node: [node('Relu', ['w'], ['t'])], initializer: [weights], output: [{ name: 't' }] };
      const branches = [bodyAttribute('then_branch', body), bodyAttribute('else_branch', body)];
      return modelBytes({
        inputs: [info('c', 'bool', [])],
        nodes: [node('If', ['c'], ['y'], {}, { attribute: branches })],
      });
    }
  }
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
  ['a drive', 'C:secret.bin', 'names a drive'],
  ['a path on a drive', 'C:/secret.bin', 'names a drive'],
  ['a network share', '\\\\host\\share\\secret.bin', 'backslashes'],
  ['a network share with slashes', '//host/share/secret.bin', 'absolute'],
  ['a step upwards with a backslash', '..\\secret.bin', 'backslashes'],
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

  describe.each(Object.keys(DOORS) as Door[])('through %s', (door) => {
    const refused = async (bytes: Uint8Array, file?: string) => {
      const path = join(dir, 'attack.onnx');
      writeFileSync(path, bytes);
      const start = performance.now();
      const error: unknown = await importFile(path).catch((e: unknown) => e);
      expect(performance.now() - start).toBeLessThan(2000);
      if (!isTrtxError(error)) throw error ?? new Error('was imported');
      expect(error.code).toBe('ONNX_EXTERNAL');
      expect(error.place).toMatchObject(DOORS[door]);
      if (file !== undefined) expect(error.place.file).toBe(file);
      return error.message;
    };

    it.each(ATTACKS)('refuses %s', async (_, location, message) => {
      expect(await refused(modelAt(location, door), location)).toContain(message);
    });

    it.each([
      ['a negative offset', { offset: '-8' }, 'offset -8'],
      ['an offset past the end', { offset: '64' }, 'of a file of 64'],
      ['a range past the end', { offset: '60' }, 'of a file of 64'],
      ['a huge offset', { offset: '9223372036854775807' }, 'of a file of 64'],
      ['a huge length', { length: '9223372036854775807' }, '9223372036854775807 bytes'],
      ['a negative length', { length: '-1' }, 'length -1'],
      ['a key of its own', { __proto__x: '1' }, 'unknown key'],
    ] as const)('refuses %s', async (_, entries, message) => {
      expect(await refused(modelAt('w.bin', door, entries))).toContain(message);
    });

    it('reads the file that it checked, whatever takes its place', async () => {
      const [swap, other] = [join(dir, 'swapped.bin'), join(dir, 'other.bin')];
      writeFileSync(swap, Buffer.alloc(64, 0));
      const resolve = nodeResolver(dir);
      // The attack comes when the file is open and about to be read.
      const resolveExternal: ResolveExternal = async (location) => {
        const file = await resolve(location);
        const read = async (offset: number, length: number) => {
          writeFileSync(other, Buffer.alloc(64, 2));
          renameSync(other, swap);
          return file.read(offset, length);
        };
        return { size: file.size, read, close: () => file.close!() };
      };
      const { graph } = await importModel(modelAt('swapped.bin', door), { resolveExternal });
      const read = [...graph.withBodies()].flatMap((g) => g.constants()).map(({ constant }) => [...constant!.read()]);
      expect(read.flat()).not.toContain(2);
    });

    it('notices when the file becomes shorter while it is read', async () => {
      const path = join(dir, 'shrinking.bin');
      writeFileSync(path, Buffer.alloc(64, 0));
      const resolve = nodeResolver(dir);
      const resolveExternal: ResolveExternal = async (location) => {
        const file = await resolve(location);
        writeFileSync(path, Buffer.alloc(4, 0));
        return file;
      };
      const error: unknown = await importModel(modelAt('shrinking.bin', door), { resolveExternal }).catch(
        (e: unknown) => e,
      );
      if (!isTrtxError(error)) throw error ?? new Error('was imported');
      expect(error.message).toContain('ended at byte 4 while it was read');
      expect(error.place).toMatchObject({ ...DOORS[door], file: 'shrinking.bin' });
    });
  });

  it('tells what is wrong with the model file itself', async () => {
    await expect(importFile(join(dir, 'absent.onnx'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(importFile(dir)).rejects.toMatchObject({ code: 'FILE_READ' });
  });
});
