// `trtx verify` of the generated models that take long, on the software adapter.

import { describe, it } from 'vitest';
import { expectVerified } from '../support/generated.ts';
import { HEAVY, hasShared } from '../support/models.ts';

describe.runIf(hasShared)('trtx verify', () => {
  it.each(HEAVY)('%s', (name) => expectVerified(name, 'webgpu'));
});
