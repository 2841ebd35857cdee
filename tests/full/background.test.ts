// ISNet cuts people out of a photograph as ONNX Runtime does: in float16, and quantized dynamically to 8 bits.

import { describe, expect, it } from 'vitest';
import { expectLikeOrt } from '../support/networks.ts';
import { PEOPLE, photoTensor } from '../support/photos.ts';
import { ISNET, isnet } from '../support/real-models.ts';

const SIZE = 1024;

describe.runIf(ISNET && PEOPLE)('ISNet', () => {
  it.each([
    ['medium', 1e-2, 0.9999],
    ['small', 1e-4, 0.99999],
  ] as const)('%s', async (name, relative, cosine) => {
    const picture = await photoTensor(PEOPLE!, [1, 3, SIZE, SIZE], { scale: 1 / 256, mean: [0.5] });
    const [outputs] = await expectLikeOrt(isnet(name)!, [new Map([['input', picture]])], { relative, cosine });
    const mask = outputs!.get('output')!.data as Float32Array;
    const at = (x: number, y: number) => mask[Math.round(y * SIZE) * SIZE + Math.round(x * SIZE)]!;
    // The wall in a corner, and the jacket of the man in front.
    expect(at(0.02, 0.02)).toBeLessThan(0.1);
    expect(at(0.42, 0.6)).toBeGreaterThan(0.9);
  });
});
