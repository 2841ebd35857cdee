import { isTrtxError } from '@trtx/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';
import { HEADER_BYTES } from './format.ts';
import { parseEngine, readHeader } from './read.ts';
import { type ByteSource, openEngine, readBlobs, readPlan } from './stream.ts';
import { hostPlan, sampleBlobs, samplePlan } from './testing/plan.ts';
import { engineBytes, writeEngine } from './write.ts';

const source = { plan: samplePlan, blobs: sampleBlobs, builder: '1.2.3-test' };
const file = engineBytes(source);

/** The error's code; fails the test for anything that is not a TrtxError. */
function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isTrtxError(error)) return error.code;
    throw error;
  }
  return 'none';
}

async function codeOfAsync(work: () => Promise<unknown>): Promise<string> {
  return work().then(
    () => 'none',
    (error) =>
      codeOf(() => {
        throw error;
      }),
  );
}

function memory(bytes: Uint8Array, size: number | undefined = bytes.length): ByteSource {
  return { size, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

async function streamAll(from: ByteSource, pieceBytes?: number): Promise<Uint8Array[]> {
  const engine = await openEngine(from);
  const blobs = engine.blobs.map(({ bytes }) => new Uint8Array(bytes));
  for await (const { blob, offset, bytes } of readBlobs(engine, pieceBytes)) blobs[blob]!.set(bytes, offset);
  return blobs;
}

/** The manifest of a file replaced, with all checksums and sizes right. */
function withManifest(text: string, blobCount = 0): Uint8Array {
  const manifest = new TextEncoder().encode(text);
  const bytes = new Uint8Array(HEADER_BYTES + manifest.length);
  bytes.set(file.subarray(0, HEADER_BYTES));
  bytes.set(manifest, HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, manifest.length, true);
  view.setUint32(12, crc32(manifest), true);
  view.setBigUint64(16, BigInt(bytes.length), true);
  view.setUint32(24, blobCount, true);
  view.setUint32(124, crc32(bytes.subarray(0, 124)), true);
  return bytes;
}

describe('an engine file', () => {
  it('comes back as it was written', () => {
    const { header, plan, blobs } = parseEngine(file);
    expect(plan).toEqual(samplePlan);
    expect(blobs).toEqual(sampleBlobs);
    expect(header).toMatchObject({ formatVersion: 1, builder: '1.2.3-test', blobCount: 2, fileBytes: file.length });
  });

  it('aligns blobs to 256 bytes and does not copy them', () => {
    const { chunks, size } = writeEngine(source);
    let at = 0;
    for (const chunk of chunks) {
      if (sampleBlobs.includes(chunk)) expect(at % 256).toBe(0);
      at += chunk.length;
    }
    expect(at).toBe(size);
    expect(chunks.filter((chunk) => sampleBlobs.includes(chunk))).toHaveLength(2);
  });

  it('has the same bytes for the same plan, whatever the order of its keys', () => {
    const reversed = JSON.parse(JSON.stringify(samplePlan), (_, value) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(engineBytes({ ...source, plan: reversed })).toEqual(file);
  });

  it('may have no blobs', async () => {
    const plan = { ...samplePlan, blobs: [] };
    const bytes = engineBytes({ plan, blobs: [], builder: '' });
    expect(parseEngine(bytes).plan).toEqual(plan);
    expect(await streamAll(memory(bytes))).toEqual([]);
  });

  it('may have empty blobs', async () => {
    const plan = { ...samplePlan, blobs: [0, 4, 0].map((bytes) => ({ buffer: 3, offset: 0, bytes, names: [] })) };
    const blobs = plan.blobs.map(({ bytes }) => new Uint8Array(bytes).fill(9));
    const bytes = engineBytes({ plan, blobs, builder: '' });
    expect(parseEngine(bytes).blobs).toEqual(blobs);
    expect(await streamAll(memory(bytes))).toEqual(blobs);
  });

  it.each([4, 64, 100, 1 << 20])('streams in pieces of %i bytes', async (pieceBytes) => {
    expect(await streamAll(memory(file), pieceBytes)).toEqual(sampleBlobs);
  });

  it('gives its plan without its weights', async () => {
    const end = readHeader(file).manifestBytes + HEADER_BYTES;
    expect(await readPlan(memory(file.subarray(0, end), file.length))).toEqual(samplePlan);
  });

  it('is refused by the writer where blobs and plan disagree', () => {
    expect(codeOf(() => engineBytes({ ...source, blobs: [] }))).toBe('ENGINE_INVALID');
    expect(codeOf(() => engineBytes({ ...source, blobs: [sampleBlobs[1]!, sampleBlobs[0]!] }))).toBe('ENGINE_INVALID');
    expect(codeOf(() => engineBytes({ ...source, builder: 'x'.repeat(93) }))).toBe('ENGINE_INVALID');
  });
});

describe('a damaged file', () => {
  it('is refused whichever byte is flipped', async () => {
    for (let i = 0; i < file.length; i++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const bytes = file.slice();
        bytes[i]! ^= mask;
        const code = codeOf(() => parseEngine(bytes));
        expect(code, `byte ${i}`).toBe(i < 4 ? 'NOT_AN_ENGINE' : 'ENGINE_DAMAGED');
        if (mask === 0xff) {
          expect(await codeOfAsync(() => streamAll(memory(bytes), 64)), `byte ${i}, streamed`).toBe(code);
        }
      }
    }
  });

  it('is refused wherever it is cut off', async () => {
    for (let length = 0; length < file.length; length++) {
      const bytes = file.slice(0, length);
      const code = codeOf(() => parseEngine(bytes));
      expect(code, `${length} bytes`).toBe(length < 4 ? 'NOT_AN_ENGINE' : 'ENGINE_DAMAGED');
      for (const size of [length, undefined]) {
        const from = { size, read: memory(bytes).read };
        expect(await codeOfAsync(() => streamAll(from)), `${length} bytes, streamed`).toBe(code);
      }
    }
  });

  it('is refused with bytes after its end', async () => {
    const bytes = new Uint8Array([...file, 0]);
    expect(codeOf(() => parseEngine(bytes))).toBe('ENGINE_DAMAGED');
    expect(await codeOfAsync(() => streamAll({ read: memory(bytes).read }))).toBe('ENGINE_DAMAGED');
  });

  it('is told from a newer one', () => {
    const bytes = file.slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(4, 2, true);
    view.setUint32(124, crc32(bytes.subarray(0, 124)), true);
    expect(() => parseEngine(bytes)).toThrow(/ENGINE_VERSION: the engine has format 2 \(builder 1.2.3-test\)/);
  });
});

describe('a hostile file', () => {
  it.each([
    ['', 'ENGINE_INVALID'],
    ['null', 'ENGINE_INVALID'],
    ['[]', 'ENGINE_INVALID'],
    ['{"plan":{}}', 'ENGINE_INVALID'],
    ['{"__proto__":{"plan":{}}}', 'ENGINE_INVALID'],
    ['['.repeat(100_000), 'ENGINE_INVALID'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'ENGINE_INVALID'],
    [JSON.stringify({ plan: samplePlan, crcs: [1] }), 'ENGINE_INVALID'],
    [JSON.stringify({ plan: { ...samplePlan, blobs: [] }, crcs: [] }), 'none'],
  ])('with the manifest %.40s', (text, code) => {
    expect(codeOf(() => parseEngine(withManifest(text)))).toBe(code);
  });

  it('may not name impossible sizes', () => {
    for (const [at, value] of [
      [8, 0xffffffff],
      [20, 0xffffffff],
    ] as const) {
      const bytes = file.slice();
      const view = new DataView(bytes.buffer);
      view.setUint32(at, value, true);
      view.setUint32(124, crc32(bytes.subarray(0, 124)), true);
      expect(codeOf(() => parseEngine(bytes))).toBe('ENGINE_INVALID');
    }
  });

  it('ends in a TrtxError or is valid, with any JSON for a manifest', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        codeOf(() => parseEngine(withManifest(text)));
        codeOf(() => parseEngine(withManifest(`{"crcs":[],"plan":${text}}`)));
      }),
      { numRuns: 500 },
    );
  });

  it('ends in a TrtxError or is valid, with any part of a good plan replaced', () => {
    const { symbols, steps, buffers, hostNodes } = samplePlan;
    const several = {
      ...samplePlan,
      profiles: [
        { symbols, steps },
        { profile: 'b', buffers, hostNodes },
      ],
    };
    const texts = [samplePlan, hostPlan, several].map((plan) => JSON.stringify({ ...plan, blobs: [] }));
    const evil = fc.oneof(
      fc.constantFrom(
        -1,
        0,
        1,
        3,
        0.5,
        2 ** 53,
        1e308,
        null,
        true,
        '',
        'x',
        '__proto__',
        { toString: 1, valueOf: 1 },
        [],
        {},
        [[]],
        ['$', 9],
      ),
      fc.json({ maxDepth: 1 }).map((json) => JSON.parse(json)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), evil, (text, pick, value) => {
        const target = JSON.parse(text);
        replaceOne(target, pick, value);
        codeOf(() => parseEngine(withManifest(JSON.stringify({ crcs: [], plan: target }))));
      }),
      { numRuns: 5000 },
    );
  });
});

/** Puts `value` at one of the places of a JSON value, which is chosen by `pick`. */
function replaceOne(root: Record<string, unknown>, pick: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const todo: unknown[] = [root];
  while (todo.length > 0) {
    const node = todo.pop() as Record<string, unknown>;
    for (const [key, child] of Object.entries(node)) {
      places.push([node, key]);
      if (child !== null && typeof child === 'object') todo.push(child);
    }
  }
  const [node, key] = places[pick % places.length]!;
  node[key] = value;
}
