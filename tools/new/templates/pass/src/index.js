// The pass __name__. Begin with its rule: what it looks for, and what it puts in its place.

import { any, definePass, op, recognize } from '@trtx/passes';

const doubleNegation = recognize({
  name: 'double-negation',
  pattern: op('Neg', op('Neg', any('x')).maybeShared()),
  reason: '−(−x)',
  make: (match) => match.value('x'),
});

export const __id__ = definePass({
  name: '__name__',
  summary: '−(−x) is x',
  rules: [doubleNegation],
});

/**
 * The pass with its place, for `pipelineWith` and for `passes` of a plugin.
 * @type {import('@trtx/passes').PlacedPass}
 */
export const placed = { pass: __id__, after: 'remove-no-ops', level: 1 };
