// What every WebGPU device has is enough: default limits, no feature.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EngineRunner, profileOf } from '@trtx/builder';
import { importFile } from '@trtx/onnx/node';
import { requestNodeDevice } from '@trtx/runtime/node';
import { describe, expect, it } from 'vitest';
import { closeness } from '../support/closeness.ts';
import { hasShared, hydrated, readTensors, SHARED } from '../support/models.ts';

const SUITE = join(SHARED, 'onnx-backend-tests');
const RUN = join(import.meta.dirname, '../../tools/bootstrap/run.mjs');

it.skipIf(!existsSync(SUITE))('the cases of the ONNX project pass as on any other device', () => {
  const args = ['conformance', '--suite', SUITE, '--device', 'minimum', '--check'];
  const { stdout, stderr, status } = spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' });
  expect(status, `${stderr}\n${stdout}`).toBe(0);
});

describe.runIf(hasShared)('networks', () => {
  it('gpt2, whose table of words is larger than a binding', async () => {
    const { model, inputs, outputs } = hydrated('gpt2');
    const { device, isFallback, release } = (await requestNodeDevice({ offer: 'minimum' }))!;
    const feeds = readTensors(inputs);
    const profile = profileOf(new Map([...feeds].map(([input, { dims }]) => [input, dims])));
    const { graph } = await importFile(model);
    const runner = await EngineRunner.create(graph, { device, software: isFallback, profile });
    try {
      expect(runner.engine.plan.requires).toEqual({ features: [], limits: {} });
      expect(runner.engine.plan.hostNodes.filter(({ step }) => step !== undefined)).toEqual([]);
      const results = await runner.run(feeds);
      for (const [output, expected] of readTensors(outputs)) {
        const actual = results.get(output)!;
        expect(actual.dims).toEqual(expected.dims);
        const { worst } = closeness(actual.data as Float32Array, expected.data as Float32Array);
        expect(worst, output).toBeLessThanOrEqual(1);
      }
    } finally {
      await runner.dispose();
      release();
    }
  });
});
