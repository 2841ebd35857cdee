// Networks in float16. The reference takes longer for others: tests/full.

import { describe, it } from 'vitest';
import { expectFloat16 } from '../support/float16.ts';
import { hasShared } from '../support/models.ts';

describe('float16 with what stays in float32 by default', () => {
  it.runIf(hasShared).each(['mobilenet_v2', 'vit_tiny'])('%s in ONNX Runtime', (name) => expectFloat16(name));

  it.runIf(hasShared)('mobilenet_v2 on the reference', () => expectFloat16('mobilenet_v2', 'reference'));
});
