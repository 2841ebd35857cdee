// Networks in float16 that take longer: as files, as engines, and on the reference, which rounds each tensor.

import { describe, it } from 'vitest';
import { expectFloat16 } from '../support/float16.ts';
import { hasShared } from '../support/models.ts';

describe('float16 with what stays in float32 by default', () => {
  it.runIf(hasShared).each(['resnet50', 'llama_tiny'])('%s in ONNX Runtime', (name) => expectFloat16(name));

  it.runIf(hasShared).each(['mobilenet_v2', 'resnet18', 'vit_tiny'])('%s as an engine', (name) =>
    expectFloat16(name, 'engine'),
  );

  it.runIf(hasShared).each(['resnet50', 'vit_tiny'])('%s on the reference', (name) => expectFloat16(name, 'reference'));
});
