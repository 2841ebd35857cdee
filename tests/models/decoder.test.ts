// A decoder writes with its cache as ONNX Runtime does: any number of tokens at a time on one engine.

import { describe, it } from 'vitest';
import { expectDecoderLikeOrt } from '../support/decoders.ts';
import { hasShared } from '../support/models.ts';

describe.runIf(hasShared)('llama_tiny', () => {
  it.each(['webgpu', 'reference'] as const)('from an empty cache, on %s', (backend) =>
    expectDecoderLikeOrt('llama_tiny', backend),
  );
});
