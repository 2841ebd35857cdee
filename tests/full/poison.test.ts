// Poisoned memory, of models that a software adapter runs in seconds.

import { describe, it } from 'vitest';
import { hasShared, hydrated } from '../support/models.ts';
import { originalOf } from '../support/optimized.ts';
import { expectPoisonHarmless } from '../support/poison.ts';
import { importOptions, LIGHT_REAL, REAL } from '../support/real-models.ts';

const GENERATED = ['espcn', 'rnn_ctc', 'llama_tiny', 'whisper_tiny_encoder'];

describe('poisoned memory', () => {
  it.runIf(hasShared).each(GENERATED)('%s', check);

  it.each(LIGHT_REAL.filter((name) => REAL[name]!()))('%s', check);
});

async function check(name: string): Promise<void> {
  const { graph, inputs } = await originalOf(name);
  const given = new Set(graph.inputs.map((input) => input.name));
  const feeds = new Map([...inputs].filter(([input]) => given.has(input)));
  const profile = Object.fromEntries([...feeds].map(([input, { dims }]) => [input, dims]));
  const model = REAL[name]?.() ?? hydrated(name).model;
  await expectPoisonHarmless(model, profile, feeds, importOptions(name).constants);
}
