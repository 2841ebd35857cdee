// Poisoned memory of the models that are quick; the others are in tests/full.

import { describe, it } from 'vitest';
import { hasShared } from '../support/models.ts';
import { expectPoisonHarmless, POISONED_QUICKLY } from '../support/poison.ts';
import { REAL } from '../support/real-models.ts';

describe('poisoned memory', () => {
  it.each(POISONED_QUICKLY.filter((name) => (REAL[name] ? REAL[name]() : hasShared)))('%s', expectPoisonHarmless);
});
