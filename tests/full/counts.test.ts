// Dispatches and memory of the large models, as far as their plans tell.

import { inspectEngine } from '@trtx/engine';
import { describe, expect, it } from 'vitest';
import { planOf } from '../support/chain.ts';
import { liveBytesOf } from '../support/live-bytes.ts';
import { hasShared, hydrated } from '../support/models.ts';

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
