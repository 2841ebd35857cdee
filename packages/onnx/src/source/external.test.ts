import { isTrtxError } from '@trtx/errors';
import { describe, expect, it } from 'vitest';
import { importModel } from '../import/import.ts';
import { attribute, info, modelBytes, node, tensor } from '../testing/models.ts';
import type { TensorProto } from '../wire/index.ts';
import { type ExternalFile, loadExternal, type ResolveExternal } from './external.ts';
import { locationParts } from './location.ts';

type Entries = Record<string, string>;

function external(name: string, length: number, entries: Entries): TensorProto {
  const external_data = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return tensor(name, 'uint8', [length], { data_location: 1, external_data });
}

/** A file of the bytes 0, 1, 2, … that counts what is read. */
function fakeFile(size: number): { file: ExternalFile; reads: [number, number][]; closed: () => number } {
  const reads: [number, number][] = [];
  let closed = 0;
  const file = {
    size,
    async read(offset: number, length: number) {
      reads.push([offset, length]);
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i++) bytes[i] = offset + i;
      return bytes;
    },
    async close() {
      closed++;
    },
  };
  return { file, reads, closed: () => closed };
}

const load = (tensors: TensorProto[], resolve?: ResolveExternal) =>
  loadExternal(new Map(tensors.map((proto) => [proto, { tensor: proto.name }])), resolve);

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    expect(error.code).toBe('ONNX_EXTERNAL');
    expect(error.hint).toBeTruthy();
    return error.message;
  }
  throw new Error('was loaded');
}

describe('external data', () => {
  it('reads each file once, near ranges in one go, no byte twice', async () => {
    const { file, reads, closed } = fakeFile(100_000);
    const a = external('a', 10, { location: 'w', offset: '0' });
    const same = external('same', 10, { location: 'w', offset: '0', length: '10' });
    const inside = external('inside', 4, { location: 'w', offset: '3' });
    const near = external('near', 6, { location: 'w', offset: '1000' });
    const far = external('far', 5, { location: 'w', offset: '90000', checksum: 'ignored', basepath: '/' });
    const data = await load([far, near, inside, same, a], async (location) => {
      expect(location).toBe('w');
      return file;
    });
    expect(reads).toEqual([
      [0, 1006],
      [90_000, 5],
    ]);
    expect(closed()).toBe(1);
    expect([...data.get(inside)!]).toEqual([3, 4, 5, 6]);
    expect(data.get(a)!.buffer).toBe(data.get(near)!.buffer);
    expect(data.get(far)!.length).toBe(5);
  });

  it('reads long tensors alone', async () => {
    const { file, reads } = fakeFile(2 ** 26);
    const length = 9 * 2 ** 20;
    await load(
      [0, 1, 2].map((i) => external(`t${i}`, length, { location: 'w', offset: String(i * length) })),
      async () => file,
    );
    expect(reads.map(([, size]) => size)).toEqual([length, length, length]);
  });

  const bad: [string, Entries, string][] = [
    ['no location', { offset: '0' }, 'external data without a location'],
    ['an unknown key', { location: 'w', owner: 'x' }, 'unknown key owner'],
    ['the key __proto__', JSON.parse('{"location":"w","__proto__":"x"}'), 'unknown key __proto__'],
    ['the key constructor', { location: 'w', constructor: 'x' } as unknown as Entries, 'unknown key constructor'],
    ['a negative offset', { location: 'w', offset: '-1' }, 'offset -1'],
    ['an offset that is no number', { location: 'w', offset: '0x10' }, 'no natural number'],
    ['an offset with a fraction', { location: 'w', offset: '1.5' }, 'no natural number'],
    ['an empty offset', { location: 'w', offset: '' }, 'no natural number'],
    ['an offset of 2^63', { location: 'w', offset: '9223372036854775808' }, 'of a file of 100'],
    ['an offset of 30 digits', { location: 'w', offset: '9'.repeat(30) }, 'no natural number'],
    ['an offset past the end', { location: 'w', offset: '101' }, 'bytes 101 to 111 of a file of 100'],
    ['a range past the end', { location: 'w', offset: '91' }, 'bytes 91 to 101 of a file of 100'],
    ['a negative length', { location: 'w', length: '-10' }, 'length -10'],
    [
      'another length than the type has',
      { location: 'w', length: '11' },
      '11 bytes of external data where uint8[10] has 10',
    ],
    ['a length of 2^64', { location: 'w', length: '18446744073709551616' }, 'no natural number'],
  ];
  it.each(bad)('refuses %s', async (_, entries, message) => {
    const text = await refusal(load([external('t', 10, entries)], async () => fakeFile(100).file));
    expect(text).toContain(message);
    expect(text).toContain('tensor t');
  });

  it('refuses two values of one key, strings, and files that are shorter than they said', async () => {
    const twice = external('t', 10, { location: 'w' });
    twice.external_data.push({ key: 'location', value: 'v' });
    expect(await refusal(load([twice], async () => fakeFile(100).file))).toContain('two location');
    const text = tensor('t', 'string', [1], { data_location: 1, external_data: [{ key: 'location', value: 'w' }] });
    expect(await refusal(load([text], async () => fakeFile(100).file))).toContain('strings in external data');
    const lying = { size: 100, read: async () => new Uint8Array(3) };
    expect(await refusal(load([external('t', 10, { location: 'w' })], async () => lying))).toContain('3 bytes came');
  });

  it('closes the file after an error, and wraps what the resolver throws', async () => {
    const { file, closed } = fakeFile(5);
    await refusal(load([external('t', 10, { location: 'w' })], async () => file));
    expect(closed()).toBe(1);
    const failing = async (): Promise<ExternalFile> => {
      throw new Error('no network');
    };
    expect(await refusal(load([external('t', 1, { location: 'w' })], failing))).toContain(
      'cannot be opened (tensor t, file w)',
    );
  });

  it('is asked for through every door: initializers and Constant nodes', async () => {
    const weights = external('w', 3, { location: 'f', offset: '1' });
    const asked: string[] = [];
    const resolveExternal = async (location: string) => {
      asked.push(location);
      return fakeFile(10).file;
    };
    const bytes = modelBytes({
      inputs: [info('x', 'uint8', [3])],
      initializers: [weights, external('unread', 99, { location: 'never' })],
      nodes: [
        node('Constant', [], ['c'], {}, { attribute: [attribute('value', external('', 3, { location: 'g' }))] }),
        node('Add', ['x', 'w'], ['t']),
        node('Add', ['t', 'c'], ['y']),
      ],
    });
    const { graph } = await importModel(bytes, { resolveExternal });
    expect(asked).toEqual(['f', 'g']);
    const read = (name: string) => [
      ...graph
        .constants()
        .find((c) => c.name === name)!
        .constant!.read(),
    ];
    expect(read('w')).toEqual([1, 2, 3]);
    expect(read('c')).toEqual([0, 1, 2]);
    expect(await refusal(importModel(bytes))).toContain(
      'the weights are in another file, f (node n_t (Add), tensor w)',
    );
  });
});

describe('locations', () => {
  it('are plain relative paths', () => {
    expect(locationParts('weights.bin')).toEqual(['weights.bin']);
    expect(locationParts('sub/a b/weights..bin')).toEqual(['sub', 'a b', 'weights..bin']);
  });

  it.each([
    '',
    '/etc/passwd',
    '//host/share',
    '..',
    '../w',
    'a/../w',
    'a/../../w',
    'a/..',
    './w',
    'a//b',
    'a/',
    '.',
    '..\\w',
    'a\\w',
    '\\\\host\\share\\w',
    'C:w',
    'C:/w',
    'file:///etc/passwd',
    'http://host/w',
    'data:,x',
    '%2e%2e/w',
    '.%2E/w',
    'a%2f..%2fw',
    'a%5cw',
    '.. /w',
    '../',
    'w\u0000.bin',
    'w\n',
    'w:stream',
  ])('refuses %j', (location) => {
    expect(() => locationParts(location)).toThrow('ONNX_EXTERNAL');
  });
});
