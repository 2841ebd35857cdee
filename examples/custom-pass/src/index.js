// Sums of squares that are written out become ReduceSumSquare, which reads its operand once.

import { absent, any, definePass, oneOf, op, recognize } from '@trtx/passes';

const x = any('x');
/** Without axes it is over all, or none where the node says so: ReduceSumSquare reads them alike. */
const axes = oneOf(any('axes'), absent);

const product = recognize({
  name: 'product',
  pattern: op('ReduceSum', op('Mul', x, x), axes).as('sum'),
  reason: 'Σ x·x',
  make: (match, patch) =>
    patch.node('ReduceSumSquare', [match.value('x'), match.find('axes')], match.node('sum').attributes),
});

export const sumsOfSquares = definePass({
  name: 'sums-of-squares',
  summary: 'ReduceSum of x·x as ReduceSumSquare',
  rules: [product],
});

/**
 * The pass with its place, for `pipelineWith` and for `passes` of a plugin.
 * @type {import('@trtx/passes').PlacedPass}
 */
export const placed = { pass: sumsOfSquares, after: 'simplify-arithmetic' };
