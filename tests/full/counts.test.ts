// Dispatches and memory of the large models, as far as their plans tell, and what is checked at run time.

import { buildPlan, profileAround } from '@trtx/builder';
import { inspectEngine, type Plan } from '@trtx/engine';
import { importFile } from '@trtx/onnx/node';
import { describe, expect, it } from 'vitest';
import { planOf } from '../support/chain.ts';
import { liveBytesOf } from '../support/live-bytes.ts';
import { hasShared, hydrated } from '../support/models.ts';
import { importOptions, REAL } from '../support/real-models.ts';
import { waitsOf } from '../support/waits.ts';

/** One token more, after up to 63 in the cache of so many layers. */
function decodeStep(layers: number, heads: number): string {
  const caches = Array.from({ length: 2 * layers }, (_, i) => {
    return `past_key_values.${i >> 1}.${i % 2 === 0 ? 'key' : 'value'}:1x${heads}x{1..63}x64`;
  });
  return ['input_ids:1x1', 'attention_mask:1x{2..64}', ...caches].join(',');
}

/** The most dispatches where there is a bound, and ranges of dynamic sizes. */
const PLANS: readonly { name: string; most?: number; profile?: string }[] = [
  {
    name: 'bert_base',
    most: 8 * 12 + 8,
    profile: ['input_ids', 'attention_mask', 'token_type_ids'].map((name) => `${name}:1x{1..128}`).join(','),
  },
  { name: 'bert_base_dynamo', most: 8 * 12 + 8 },
  { name: 'gpt2', most: 10 * 12 + 8, profile: decodeStep(12, 12) },
  { name: 'gpt2_dynamo', most: 10 * 12 + 8 },
  { name: 'llama_tiny', most: 10 * 6 + 8, profile: decodeStep(6, 4) },
  { name: 'vit_tiny_dynamo', most: 96 },
  { name: 'whisper_tiny_encoder', most: 8 * 4 + 8 },
  { name: 'rnn_ctc', most: 24 },
  { name: 'ssdlite320' },
];

describe.runIf(hasShared)('counts', () => {
  it.each(PLANS)(
    '$name takes at most $most dispatches, its arena is within 1.1 of the live bytes',
    async ({ name, most, profile }) => {
      const plan = await planOf(hydrated(name).model, profile);
      expectArenaFull(plan);
      if (most) expect(inspectEngine(plan).dispatches).toBeLessThanOrEqual(most);
    },
  );
});

it.runIf(hasShared)('the host waits twice for ssdlite320: for the scores, and for the boxes', async () => {
  const plan = await planOf(hydrated('ssdlite320').model);
  expect(waitsOf(plan)).toBe(2);
  // Behind the first of them nothing is left for the GPU.
  const isHost = plan.steps.map(({ kind }) => kind !== 'dispatches' && kind !== 'copy');
  expect(isHost.slice(isHost.indexOf(true))).not.toContain(false);
});

function expectArenaFull(plan: Plan): void {
  const { arenaBytes, liveBytesPeak } = inspectEngine(plan);
  // The order of branches is no list.
  const isStraight = plan.steps.every(({ kind }) => kind !== 'if' && kind !== 'loop');
  expect(arenaBytes).toBeLessThanOrEqual(1.1 * (isStraight ? liveBytesOf(plan) : liveBytesPeak));
}

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

describe('in ranges of sizes', () => {
  it.each([...Object.keys(REAL), ...GENERATED])(
    'integers of 64 bits of %s are proved to fit 32, and its arena is within 1.1 of the live bytes',
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
      expectArenaFull(plan);
    },
  );
});
