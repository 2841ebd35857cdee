// Real networks on real pictures: every probability within 1e-4 of ONNX Runtime's, and every character right.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Runner } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { readAlphabet } from '../../apps/demo/src/models.ts';
import { buildNets } from '../../apps/demo/src/nets.ts';
import { loadPicture } from '../../apps/demo/src/picture.ts';
import { readPicture } from '../../apps/demo/src/read.ts';
import type { Net, Nets } from '../../apps/demo/src/tensor.ts';
import { ortNets } from '../../apps/demo/src/testing/ort-nets.ts';
import { engineRunner } from '../support/chain.ts';
import { closeness } from '../support/closeness.ts';
import { hasShared, sharedModel } from '../support/models.ts';
import { ortRunner } from '../support/ort.ts';

const asset = (name: string) => fileURLToPath(new URL(`../../apps/demo/assets/${name}`, import.meta.url));

describe('PP-OCR', () => {
  it('reads the demo picture as ONNX Runtime does, network by network', async () => {
    const { adapter, release, ...ours } = await buildNets(undefined, 'webgpu');
    const theirs = await ortNets();
    const worst = { detector: 0, classifier: 0, recognizer: 0 };
    const both = (name: keyof Nets): Net => {
      return async (input) => {
        const [actual, expected] = [await ours[name](input), await theirs[name](input)];
        expect(actual.dims).toEqual(expected.dims);
        worst[name] = Math.max(worst[name], closeness(actual.data, expected.data).maxAbs);
        return actual;
      };
    };
    const nets = { detector: both('detector'), classifier: both('classifier'), recognizer: both('recognizer') };
    const lines = await readPicture(await loadPicture(asset('demo.png')), nets, { alphabet: await readAlphabet() });
    await release();
    expect(adapter).not.toBe('');
    expect(lines.map(({ text }) => text)).toEqual(JSON.parse(await readFile(asset('demo.json'), 'utf8')).lines);
    for (const [name, difference] of Object.entries(worst)) expect(difference, name).toBeLessThan(1e-4);
  });
});

describe.runIf(hasShared)('superres', () => {
  it('enlarges a picture as ONNX Runtime does', async () => {
    const { width, height, rgba } = await loadPicture(sharedModel('superres', 'cat_224x224.png'));
    expect([width, height]).toEqual([224, 224]);
    // Luma by ITU-R BT.601, 0..1.
    const luma = Float32Array.from({ length: width * height }, (_, i) => {
      return (0.299 * rgba[i * 4]! + 0.587 * rgba[i * 4 + 1]! + 0.114 * rgba[i * 4 + 2]!) / 255;
    });
    const model = sharedModel('superres', 'supres_core.onnx');
    const run = async (runner: Runner) => {
      const input = { dtype: 'float32', dims: [1, 1, 224, 224], data: luma } as const;
      const [output] = (await runner.run(new Map([['input', input]]))).values();
      await runner.dispose?.();
      return output!.data as Float32Array;
    };
    const { maxAbs } = closeness(await run(await engineRunner(model)), await run(await ortRunner(model)));
    expect(maxAbs).toBeLessThan(1e-4);
  });
});
