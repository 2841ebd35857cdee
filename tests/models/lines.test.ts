// MLSD finds the lines in a photograph as ONNX Runtime does. The larger network, and larger pictures, are in tests/full.

import { describe, it } from 'vitest';
import { packageFile } from '../support/models.ts';
import { expectLikeOrt } from '../support/networks.ts';
import { PEOPLE, photoTensor } from '../support/photos.ts';

describe('MLSD', () => {
  const model = packageFile('jp.keijiro.mlsd', 'ONNX/mlsd_320x320_tiny.onnx');
  it.runIf(model && PEOPLE)('tiny, 320 by 320', async () => {
    const picture = await photoTensor(PEOPLE!, [1, 320, 320, 4], { scale: 1 });
    await expectLikeOrt(model!, [new Map([['input_image_with_alpha:0', picture]])]);
  });
});
