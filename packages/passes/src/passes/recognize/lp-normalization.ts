// LpNormalization written out: x over its norm along an axis, which is at least a tiny number, so that nothing is nothing. And
// x over the root of the sum of its squares and a tiny number, which is RMSNormalization with a scale.

import { elementCount, reduceGeometry } from '@trtx/ir';
import { fromFloat64 } from '../../match.ts';
import { absent, any, number, oneOf, op, optionally, type Pattern } from '../../pattern.ts';
import { product } from '../../product.ts';
import { recognize } from '../../recognize.ts';
import { definePass } from '../../rule.ts';
import { rootNorm } from './norms.ts';
import { cast, deviation, kept, reduced, sharedAxes, square } from './statistics.ts';

const x = any('x');

/** PyTorch's: of float32 vectors with a smaller norm, only those of zeros occur. */
const MOST_FLOOR = 1.001e-12;

const floor = number('floor', (value) => value > 0 && value <= MOST_FLOOR);

const squares = oneOf(reduced('ReduceSum', square(x), 'norm'), reduced('ReduceSumSquare', cast(x), 'norm'));

const norm = oneOf(
  kept(reduced(['ReduceL2', 'ReduceL1'], cast(x), 'norm'), 'norm'),
  op('Sqrt', kept(squares, 'norm')),
  op('Pow', kept(squares, 'norm'), number(0.5)),
);

const expanded = (pattern: Pattern) => optionally((inner) => op('Expand', inner, any()), pattern);

const atLeast = oneOf(op('Max', norm, floor), op('Clip', norm, floor, absent), op('Add', norm, floor));

const lpNorm = recognize({
  name: 'lp-norm',
  pattern: product(1, [x], [expanded(cast(atLeast))]),
  reason: 'x over its norm',
  make(match, patch) {
    const axes = sharedAxes(match, match.value('x'), patch, 'norm');
    const p = match.node('norm').op.name === 'ReduceL1' ? 1 : undefined;
    return axes?.length === 1 ? patch.node('LpNormalization', [match.value('x')], { axis: axes[0], p }) : undefined;
  },
});

/** x / √(Σx² + ε) = x / √(mean of x² + ε/n) / √n */
const rootOfSum = recognize({
  name: 'root-of-sum',
  pattern: product(1, [x], [expanded(deviation(reduced('ReduceSum', square(x), 'variance')))]),
  reason: 'x / √(Σ x² + epsilon)',
  make(match, patch) {
    const given = match.value('x');
    const axes = sharedAxes(match, given, patch, 'variance');
    const epsilon = match.number('epsilon');
    const { count } = reduceGeometry(match.node('variance').view());
    if (!axes || typeof count !== 'number' || !(epsilon >= 0 && epsilon <= 1)) return undefined;
    const dims = given.type.shape.map((dim, axis) => (axes.includes(axis) ? (dim as number) : 1));
    const scale = new Float64Array(elementCount(dims)).fill(count ** -0.5);
    return rootNorm(patch, given, axes, epsilon / count, fromFloat64(given.type.dtype, dims, scale));
  },
});

export const recognizeLpNormalization = definePass({
  name: 'recognize-lp-normalization',
  summary: 'LpNormalization written out, as PyTorch does; with an epsilon under its root, as RMSNormalization',
  rules: [lpNorm, rootOfSum],
});
