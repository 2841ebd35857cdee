// Poisoned memory of the models that take longer, but for those that run for minutes on a software adapter.

import { describe, it } from 'vitest';
import { GENERATED, HEAVY, hasShared } from '../support/models.ts';
import { expectPoisonHarmless, POISONED_QUICKLY } from '../support/poison.ts';
import { HEAVY_REAL, REAL } from '../support/real-models.ts';

const real = Object.keys(REAL).filter((name) => !HEAVY_REAL.includes(name) && REAL[name]!());
const all = [...(hasShared ? [...GENERATED, ...HEAVY] : []), ...real];

describe('poisoned memory', () => {
  it.each(all.filter((name) => !POISONED_QUICKLY.includes(name)))('%s', expectPoisonHarmless);
});
