// MLSD finds the lines in a photograph as ONNX Runtime does. Its larger pictures are in tests/full.

import { describe, it } from 'vitest';
import { packageFile } from '../support/models.ts';
import { expectLikeOrt } from '../support/networks.ts';
import { PEOPLE, photoTensor } from '../support/photos.ts';

describe('MLSD', () => {
  for (const size of ['tiny', 'large']) {
    const model = packageFile('jp.keijiro.mlsd', `ONNX/mlsd_320x320_${size}.onnx`);
    it.runIf(model && PEOPLE)(`${size}, 320 by 320`, async () => {
      const picture = await photoTensor(PEOPLE!, [1, 320, 320, 4], { scale: 1 });
      await expectLikeOrt(model!, [new Map([['input_image_with_alpha:0', picture]])]);
    });
  }
});
