// ONNX Runtime runs the optimized file of each model. The heavy ones are in tests/full.

import { describe, it } from 'vitest';
import { GENERATED, hasShared } from '../support/models.ts';
import { expectOptimizedLikeOriginal } from '../support/optimized.ts';
import { HEAVY_REAL, REAL } from '../support/real-models.ts';

describe('the optimized file computes the same', () => {
  it.runIf(hasShared).each([...GENERATED, 'vit_tiny_dynamo', 'llama_tiny', 'rnn_ctc', 'whisper_tiny_encoder'])(
    '%s',
    (name) => expectOptimizedLikeOriginal(name, [26]),
  );

  it.each(Object.keys(REAL).filter((name) => !HEAVY_REAL.includes(name) && REAL[name]!()))('%s', (name) =>
    expectOptimizedLikeOriginal(name, [26]),
  );
});
