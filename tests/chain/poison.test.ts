// Poisoned memory of several kinds of networks.

import { describe, it } from 'vitest';
import { hasShared, hydrated, readTensors } from '../support/models.ts';
import { expectPoisonHarmless } from '../support/poison.ts';

describe.runIf(hasShared)('poisoned memory', () => {
  it.each([
    ['squeezenet1_1', 'input:1x3x224x224'],
    ['rnn_ctc_dynamo', undefined],
    ['llama_tiny_dynamo', undefined],
  ])('%s', async (name, profile) => {
    const { model, inputs } = hydrated(name);
    await expectPoisonHarmless(model, profile, readTensors(inputs));
  });
});
