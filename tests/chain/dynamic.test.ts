// One engine serves every shape of its range: right outputs against ONNX Runtime, and nothing made on the device but
// the command encoder of each run.

import type { Runner, Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { engineRunner, testDevice } from '../support/chain.ts';
import { closeness } from '../support/closeness.ts';
import { countingDevice } from '../support/device.ts';
import { hasShared, hydrated, OCR } from '../support/models.ts';
import { ortRunner } from '../support/ort.ts';

function picture(dims: readonly number[], seed: number): Tensor {
  const data = new Float32Array(dims.reduce((n, d) => n * d, 1));
  for (let i = 0; i < data.length; i++) data[i] = Math.sin(i * 0.37 + seed) + 0.5 * Math.sin(i * 0.011);
  return { dtype: 'float32', dims, data };
}

async function compareShapes(
  model: string,
  name: string,
  profile: string,
  shapes: readonly (readonly number[])[],
  check: (ours: Tensor, theirs: Tensor) => void,
): Promise<void> {
  const { device, take } = countingDevice((await testDevice()).device);
  const ours = await engineRunner(model, profile, device);
  const theirs = await ortRunner(model);
  const run = async (runner: Runner, input: Tensor) => [...(await runner.run(new Map([[name, input]]))).values()][0]!;
  await run(ours, picture(shapes[0]!, 0));
  take();
  for (const [seed, dims] of shapes.entries()) {
    const input = picture(dims, seed);
    const actual = await run(ours, input);
    const { creates, passes, submits } = take();
    expect(creates, `created for ${dims}`).toEqual({ createCommandEncoder: 1 });
    expect({ passes, submits }).toEqual({ passes: 1, submits: 1 });
    const expected = await run(theirs, input);
    expect(actual.dims).toEqual(expected.dims);
    check(actual, expected);
  }
  await ours.dispose();
  await theirs.dispose?.();
}

describe('dynamic shapes', () => {
  it('PP-OCR detection: ten shapes of one engine', async () => {
    const sizes = [
      [32, 32],
      [32, 320],
      [64, 96],
      [96, 64],
      [128, 128],
      [160, 224],
      [192, 32],
      [224, 160],
      [288, 96],
      [320, 64],
    ];
    await compareShapes(
      OCR.detector,
      'x',
      'x:1x3x{32..320:32}x{32..320:32}',
      sizes.map(([h, w]) => [1, 3, h!, w!]),
      (ours, theirs) => {
        expect(closeness(ours.data as Float32Array, theirs.data as Float32Array).maxAbs).toBeLessThan(1e-4);
      },
    );
  });

  it('PP-OCR detection: sizes that halve unevenly meet the constraints of the plan', async () => {
    await expect(
      compareShapes(
        OCR.detector,
        'x',
        'x:1x3x{8..64}x{8..64}',
        [
          [1, 3, 64, 64],
          [1, 3, 50, 64],
        ],
        () => {},
      ),
    ).rejects.toThrow(/SHAPE|constraint|equal/i);
  });

  it.runIf(hasShared)('unet: five shapes of one engine', async () => {
    await compareShapes(
      hydrated('unet').model,
      'input',
      'input:{1..2}x3x{16..128}x{16..128}',
      [
        [1, 3, 64, 64],
        [2, 3, 32, 48],
        [1, 3, 16, 128],
        [1, 3, 120, 24],
        [2, 3, 80, 80],
      ],
      (ours, theirs) => {
        const { worst, cosine } = closeness(ours.data as Float32Array, theirs.data as Float32Array);
        expect(worst).toBeLessThan(1);
        expect(cosine).toBeGreaterThan(0.99999);
      },
    );
  });
});
