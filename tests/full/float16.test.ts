// Networks in float16 on the reference, which rounds each tensor.

import { describe, it } from 'vitest';
import { expectFloat16 } from '../support/float16.ts';
import { hasShared } from '../support/models.ts';

describe('float16 with what stays in float32 by default', () => {
  it.runIf(hasShared).each(['resnet50', 'vit_tiny'])('%s on the reference', (name) => expectFloat16(name, true));
});
