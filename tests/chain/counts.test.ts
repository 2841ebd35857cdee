// Dispatches, objects and memory of real networks: what `inspect` says is what a device sees, and within the bounds.

import { inspectEngine } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { engineRunner, testDevice } from '../support/chain.ts';
import { countingDevice } from '../support/device.ts';
import { hasShared, hydrated, OCR, readTensors } from '../support/models.ts';

const BOUNDS = [
  ['resnet50', 58],
  ['mobilenet_v2', 56],
  ['squeezenet1_1', 40],
] as const;

describe.runIf(hasShared)('counts', () => {
  it.each(BOUNDS)('%s takes at most %i dispatches, one pass and one submit', async (name, most) => {
    const { model, inputs } = hydrated(name);
    const { device, take } = countingDevice((await testDevice()).device);
    const runner = await engineRunner(model, 'input:1x3x224x224', device);
    const summary = inspectEngine(runner.engine.plan);
    expect(summary.dispatches).toBeLessThanOrEqual(most);
    expect(summary.arenaBytes).toBeLessThanOrEqual(1.25 * summary.liveBytesPeak);
    expect(take().creates.createComputePipelineAsync).toBe(summary.pipelines);

    const feeds = readTensors(inputs);
    await runner.run(feeds);
    take();
    for (let i = 0; i < 2; i++) {
      await runner.run(feeds);
      expect(take()).toEqual({
        creates: { createCommandEncoder: 1 },
        dispatches: summary.dispatches,
        passes: 1,
        submits: 1,
      });
    }
    await runner.dispose();
  });

  it.each([
    ['detector', OCR.detector, 'x:1x3x{32..960:32}x{32..960:32}'],
    ['recognizer', OCR.recognizer, 'x:1x3x48x{320..3200:32}'],
    ['classifier', OCR.classifier, 'x:1x3x48x192'],
    ['unet', 'unet', 'input:1x3x{64..256}x{64..256}'],
    ['vit_tiny', 'vit_tiny', 'pixel_values:{1..4}x3x224x224'],
    ['espcn', 'espcn', 'input:1x1x{32..256}x{32..256}'],
    ['resnet18', 'resnet18', 'input:{1..8}x3x224x224'],
  ])('the arena of %s is within 1.25 of the live bytes', async (_, file, profile) => {
    const runner = await engineRunner(file.endsWith('.onnx') ? file : hydrated(file).model, profile);
    const { arenaBytes, liveBytesPeak } = inspectEngine(runner.engine.plan);
    expect(arenaBytes).toBeLessThanOrEqual(1.25 * liveBytesPeak);
    await runner.dispose();
  });
});
