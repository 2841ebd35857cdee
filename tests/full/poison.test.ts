// Poisoned memory of the models that take longer.

import { describe, it } from 'vitest';
import { GENERATED, HEAVY, hasShared } from '../support/models.ts';
import { expectPoisonHarmless, POISONED_QUICKLY } from '../support/poison.ts';
import { REAL } from '../support/real-models.ts';

const all = [...(hasShared ? [...GENERATED, ...HEAVY] : []), ...Object.keys(REAL).filter((name) => REAL[name]!())];

describe('poisoned memory', () => {
  it.each(all.filter((name) => !POISONED_QUICKLY.includes(name)))('%s', expectPoisonHarmless);
});
