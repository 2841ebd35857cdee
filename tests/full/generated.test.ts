// `trtx verify` of the generated models that take long.

import { describe, it } from 'vitest';
import { expectVerified } from '../support/generated.ts';
import { GENERATED, HEAVY, hasShared, QUICK } from '../support/models.ts';

describe.runIf(hasShared)('trtx verify', () => {
  it.each(HEAVY)('%s', (name) => expectVerified(name, 'webgpu'));

  const rest = GENERATED.filter((name) => !(QUICK as readonly string[]).includes(name));
  for (const backend of ['webgpu', 'reference'] as const)
    it.each(rest)(`%s on ${backend}`, (name) => expectVerified(name, backend));
});
