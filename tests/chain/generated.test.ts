// `trtx verify` of the generated models that are quick, on the software adapter and on the reference.

import { describe, it } from 'vitest';
import { expectVerified } from '../support/generated.ts';
import { hasShared, QUICK } from '../support/models.ts';

describe.runIf(hasShared)('trtx verify', () => {
  for (const backend of ['webgpu', 'reference'] as const)
    it.each(QUICK)(`%s on ${backend}`, (name) => expectVerified(name, backend));
});
