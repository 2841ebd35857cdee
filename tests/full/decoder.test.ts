// GPT-2 writes with its cache as ONNX Runtime does.

import { describe, it } from 'vitest';
import { expectDecoderLikeOrt } from '../support/decoders.ts';
import { hasShared } from '../support/models.ts';

describe.runIf(hasShared)('gpt2', () => {
  it('from an empty cache', () => expectDecoderLikeOrt('gpt2', 'webgpu'));
});
