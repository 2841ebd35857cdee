// Dispatches and memory of the large models, as far as their plans tell, and what is checked at run time.

import { buildPlan, profileAround } from '@trtx/builder';
import { inspectEngine } from '@trtx/engine';
import { importFile } from '@trtx/onnx/node';
import { describe, expect, it } from 'vitest';
import { planOf } from '../support/chain.ts';
import { liveBytesOf } from '../support/live-bytes.ts';
import { hasShared, hydrated } from '../support/models.ts';
import { importOptions, REAL } from '../support/real-models.ts';

const PLANS = [
  ['bert_base_dynamo', 8 * 12 + 8],
  ['gpt2_dynamo', 10 * 12 + 8],
  ['vit_tiny_dynamo', 96],
  ['whisper_tiny_encoder', 8 * 4 + 8],
  ['rnn_ctc', 24],
  ['ssdlite320', undefined],
] as const;

describe.runIf(hasShared)('counts', () => {
  it.each(PLANS)('%s takes at most %s dispatches, its arena is within 1.1 of the live bytes', async (name, most) => {
    const plan = await planOf(hydrated(name).model);
    const { dispatches, arenaBytes, liveBytesPeak } = inspectEngine(plan);
    // The order of branches is no list.
    const isStraight = plan.steps.every(({ kind }) => kind !== 'if' && kind !== 'loop');
    expect(arenaBytes).toBeLessThanOrEqual(1.1 * (isStraight ? liveBytesOf(plan) : liveBytesPeak));
    if (most) expect(dispatches).toBeLessThanOrEqual(most);
  });
});

/** Sizes of dynamic dimensions, in order; 1 for those that are not told. The ranges are around these. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  'ocr-det': [1, 64, 64],
  'ocr-rec': [2, 64],
  'ocr-cls': [2, 48, 96],
  'oww-mel': [1, 4000],
  'silero-v4': [1, 512],
  'silero-ifless': [1, 576],
};

const GENERATED = ['resnet50', 'mobilenet_v2', 'squeezenet1_1', 'ssdlite320', 'gpt2_dynamo', 'llama_tiny_dynamo'];

/** The file of a model; undefined where it is not installed. */
const fileOf = (name: string) => (name in REAL ? REAL[name]!() : hasShared ? hydrated(name).model : undefined);

describe('integers of 64 bits', () => {
  it.each([...Object.keys(REAL), ...GENERATED])(
    'of %s are proved to fit 32: nothing is checked at run time',
    async (name) => {
      const file = fileOf(name);
      if (!file) return;
      const { graph } = await importFile(file, importOptions(name));
      const sizes = [...(SIZES[name] ?? [])];
      const dims = graph.inputs.map(({ name, type }): [string, number[]] => [
        name,
        type.shape.map((dim) => (typeof dim === 'number' ? dim : (sizes.shift() ?? 1))),
      ]);
      const { plan } = buildPlan(graph, { profile: profileAround(graph, new Map(dims)) });
      expect(plan.status?.checks ?? []).toEqual([]);
    },
  );
});
