// MLSD's larger network, and larger pictures than those of tests/models. At 512 by 512 ONNX Runtime's own optimizations move its results by 1.7e-4
// of the largest: the network amplifies roundings.

import { describe, it } from 'vitest';
import { packageFile } from '../support/models.ts';
import { expectLikeOrt } from '../support/networks.ts';
import { PEOPLE, photoTensor } from '../support/photos.ts';

describe('MLSD', () => {
  const large = packageFile('jp.keijiro.mlsd', 'ONNX/mlsd_320x320_large.onnx');
  it.runIf(large && PEOPLE)('large, 320 by 320', async () => {
    const picture = await photoTensor(PEOPLE!, [1, 320, 320, 4], { scale: 1 });
    await expectLikeOrt(large!, [new Map([['input_image_with_alpha:0', picture]])]);
  });

  for (const size of ['tiny', 'large']) {
    const model = packageFile('jp.keijiro.mlsd', `ONNX/mlsd_512x512_${size}.onnx`);
    it.runIf(model && PEOPLE)(`${size}, 512 by 512`, async () => {
      const picture = await photoTensor(PEOPLE!, [1, 512, 512, 4], { scale: 1 });
      await expectLikeOrt(model!, [new Map([['input_image_with_alpha:0', picture]])], { spread: 2 });
    });
  }
});
