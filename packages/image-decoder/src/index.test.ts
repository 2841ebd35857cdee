// The ONNX project's own cases are run by the conformance tool; here are what they have none of: files that are damaged,
// huge or of other formats, and pictures in grey, with palettes or transparency.

import { deflateSync } from 'node:zlib';
import { isTrtxError } from '@trtx/errors';
import { GraphBuilder, standardOps } from '@trtx/ir';
import { hostOps, ReferenceRunner, standardKernels } from '@trtx/reference';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageDecoder } from './index.ts';
import { openImageDecoder } from './node.ts';

let decoder: ImageDecoder;
beforeAll(async () => {
  decoder = await openImageDecoder();
});

const text = (header: string, ...bytes: number[]) => new Uint8Array([...new TextEncoder().encode(header), ...bytes]);
/** Two pixels, red and blue. */
const PPM = text('P6 2 1 255\n', 255, 0, 0, 0, 0, 255);
const NONE = { height: 0, width: 0, pixels: new Uint8Array(0) };

/** A PNG of a size, and of few pixels. */
function pngOf(width: number, height: number): Uint8Array {
  const ihdr = Buffer.alloc(17);
  ihdr.write('IHDR');
  ihdr.writeUInt32BE(width, 4);
  ihdr.writeUInt32BE(height, 8);
  ihdr.set([8, 2, 0, 0, 0], 12);
  return chunked([ihdr, Buffer.concat([Buffer.from('IDAT'), deflateSync(Buffer.alloc(100))]), Buffer.from('IEND')]);
}

function chunked(chunks: readonly Buffer[]): Uint8Array {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  const parts = chunks.flatMap((chunk) => {
    const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(chunk.length - 4);
    crc.writeUInt32BE(crc32(chunk));
    return [length, chunk, crc];
  });
  return new Uint8Array(Buffer.concat([signature, ...parts]));
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('openImageDecoder', () => {
  it('gives pixels in the order that is asked for', () => {
    expect(decoder.decode(PPM)).toEqual({
      height: 1,
      width: 2,
      channels: 3,
      pixels: Uint8Array.of(255, 0, 0, 0, 0, 255),
    });
    expect(decoder.decode(PPM, 'BGR').pixels).toEqual(Uint8Array.of(0, 0, 255, 255, 0, 0));
    expect(decoder.decode(PPM, 'Grayscale')).toEqual({
      height: 1,
      width: 2,
      channels: 1,
      pixels: Uint8Array.of(76, 29),
    });
  });

  it('reads portable anymaps of every kind', () => {
    expect(decoder.decode(text('P5 2 1 255\n', 7, 200)).pixels).toEqual(Uint8Array.of(7, 7, 7, 200, 200, 200));
    expect(decoder.decode(text('P2\n2 1\n255\n7 200\n'), 'Grayscale').pixels).toEqual(Uint8Array.of(7, 200));
    expect(decoder.decode(text('P1\n2 1\n0 1\n'), 'Grayscale').pixels).toEqual(Uint8Array.of(255, 0));
  });

  it('gives no pixels of what it cannot decode', () => {
    expect(decoder.decode(new Uint8Array(0))).toMatchObject({ ...NONE, channels: 3 });
    expect(decoder.decode(text('hello'), 'Grayscale')).toMatchObject({ ...NONE, channels: 1 });
    expect(decoder.decode(pngOf(4, 4).subarray(0, 20))).toMatchObject(NONE);
    expect(decoder.decode(text('\u0000\u0001'))).toMatchObject(NONE);
  });

  it('decodes only the formats that ONNX names', () => {
    for (const other of [
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      'GIF89a',
      '%PDF-1.4',
      'push graphic-context\nviewbox 0 0 9 9\n',
    ])
      expect(decoder.decode(text(other)), other).toMatchObject(NONE);
  });

  it('refuses pictures that claim to be huge, without making them', () => {
    for (const file of [pngOf(60_000, 60_000), text('P5 60000 60000 255\n')]) {
      const start = performance.now();
      let error: unknown;
      try {
        decoder.decode(file);
      } catch (caught) {
        error = caught;
      }
      if (!isTrtxError(error)) throw error ?? new Error('was decoded');
      expect(error.message).toContain('IMAGE_TOO_LARGE: a picture of 60000 × 60000 pixels');
      expect(performance.now() - start).toBeLessThan(1000);
    }
    expect(decoder.decode(pngOf(2 ** 31, 2 ** 31))).toMatchObject(NONE);
  });
});

describe('in a model', () => {
  it('is a kernel of the reference and a function of the host', async () => {
    const b = new GraphBuilder('picture');
    const file = b.input('file', 'uint8', ['bytes']);
    b.output('image', b.ImageDecoder(file, { pixel_format: 'BGR' }));
    expect(String(b.graph.outputs[0]!.value.type.shape[2])).toBe('3');
    const kernels = standardKernels.with([decoder.kernel]);
    const feeds = new Map([['file', { dtype: 'uint8' as const, dims: [PPM.length], data: PPM }]]);
    const image = { dtype: 'uint8', dims: [1, 2, 3], data: Uint8Array.of(0, 0, 255, 255, 0, 0) };
    const outputs = await new ReferenceRunner(b.graph, { kernels }).run(feeds);
    expect(outputs.get('image')).toEqual(image);
    for (const ops of [decoder.hostOps, hostOps(standardOps, kernels)])
      expect(ops.get('ImageDecoder')!({ pixel_format: 'BGR' }, [feeds.get('file')!], 1)).toEqual([image]);
  });
});
