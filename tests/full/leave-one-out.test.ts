// Any pass may be left out, of the models that take longer.

import { describe, it } from 'vitest';
import { GENERATED, HEAVY, hasShared } from '../support/models.ts';
import { expectPassesOptional } from '../support/optimized.ts';
import { LIGHT, LIGHT_REAL, REAL } from '../support/real-models.ts';

const apart = (names: readonly string[], light: readonly string[]) => names.filter((name) => !light.includes(name));

describe('any pass may be left out', () => {
  it.runIf(hasShared).each(apart([...GENERATED, ...HEAVY], LIGHT))('%s', (name) => expectPassesOptional(name));

  it.each(apart(Object.keys(REAL), LIGHT_REAL).filter((name) => REAL[name]!()))('%s', (name) =>
    expectPassesOptional(name),
  );
});
