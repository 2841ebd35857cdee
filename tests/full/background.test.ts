// ISNet cuts people out of a photograph as ONNX Runtime does: in float16, and quantized dynamically to 8 bits.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CACHE, packageFile } from '../support/models.ts';
import { expectLikeOrt } from '../support/networks.ts';
import { PEOPLE, photoTensor } from '../support/photos.ts';

/** Tells of which files, named by their hashes, each model is joined. */
const RESOURCES = packageFile('@imgly/background-removal-data', 'dist/resources.json');
const SIZE = 1024;

function joined(name: 'small' | 'medium'): string {
  const target = join(CACHE, `isnet-${name}.onnx`);
  if (existsSync(target)) return target;
  const { chunks }: { chunks: { hash: string }[] } = JSON.parse(readFileSync(RESOURCES!, 'utf8'))[`/models/${name}`];
  mkdirSync(CACHE, { recursive: true });
  const own = `${target}.${process.pid}`;
  writeFileSync(own, Buffer.concat(chunks.map(({ hash }) => readFileSync(join(dirname(RESOURCES!), hash)))));
  renameSync(own, target);
  return target;
}

describe.runIf(RESOURCES && PEOPLE)('ISNet', () => {
  it.each([
    ['medium', 1e-2, 0.9999],
    ['small', 1e-2, 0.9999],
  ] as const)('%s', async (name, relative, cosine) => {
    const picture = await photoTensor(PEOPLE!, [1, 3, SIZE, SIZE], { scale: 1 / 256, mean: [0.5] });
    const [outputs] = await expectLikeOrt(joined(name), [new Map([['input', picture]])], { relative, cosine });
    const mask = outputs!.get('output')!.data as Float32Array;
    const at = (x: number, y: number) => mask[Math.round(y * SIZE) * SIZE + Math.round(x * SIZE)]!;
    // The wall in a corner, and the jacket of the man in front.
    expect(at(0.02, 0.02)).toBeLessThan(0.1);
    expect(at(0.42, 0.6)).toBeGreaterThan(0.9);
  });
});
