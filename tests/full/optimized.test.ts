// ONNX Runtime runs the optimized files of the heavy models.

import { describe, it } from 'vitest';
import { HEAVY, hasShared } from '../support/models.ts';
import { expectOptimizedLikeOriginal } from '../support/optimized.ts';
import { HEAVY_REAL, REAL } from '../support/real-models.ts';

describe('the optimized file computes the same', () => {
  it.runIf(hasShared).each(HEAVY)('%s', (name) => expectOptimizedLikeOriginal(name, [26]));

  it.each(HEAVY_REAL.filter((name) => REAL[name]!()))('%s', (name) => expectOptimizedLikeOriginal(name, [26]));
});
