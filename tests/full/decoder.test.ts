// Decoders write with their cache as ONNX Runtime does.

import { describe, it } from 'vitest';
import { expectDecoderLikeOrt } from '../support/decoders.ts';
import { hasShared } from '../support/models.ts';

describe.runIf(hasShared)('gpt2', () => {
  it('from an empty cache', () => expectDecoderLikeOrt('gpt2', 'webgpu'));
});

describe.runIf(hasShared)('llama_tiny', () => {
  it('takes prompts in one profile and single tokens in another', () =>
    expectDecoderLikeOrt('llama_tiny', 'webgpu', [
      { name: 'decode', tokens: '1', past: '{1..24}' },
      { name: 'prefill', tokens: '{2..8}', past: '{0..24}' },
    ]));
});
