// Any pass may be left out: ONNX Runtime computes the same from what the others make of each model. The heavy ones are in
// tests/full.

import { describe, it } from 'vitest';
import { hasShared } from '../support/models.ts';
import { expectPassesOptional } from '../support/optimized.ts';
import { LIGHT, LIGHT_REAL, REAL } from '../support/real-models.ts';

describe('any pass may be left out', () => {
  it.runIf(hasShared).each(LIGHT)('%s', (name) => expectPassesOptional(name));

  it.each(LIGHT_REAL.filter((name) => REAL[name]!()))('%s', (name) => expectPassesOptional(name));
});
