// The op: operands, types, shapes.

import { defineOp } from '@trtx/ir';

/** @type {import('@trtx/ir').OperandSpec['types']} */
const types = ['float32', 'float16', 'float64'];

/** a [M, K] and b [N, K] give [M, N]: the sum over k of (a[m, k] − b[n, k])². */
export const squaredDistances = defineOp({
  domain: 'com.example',
  name: 'SquaredDistances',
  since: 1,
  summary: 'squared distances between the rows of two matrices',
  inputs: [
    { name: 'a', types, sameAs: 'T' },
    { name: 'b', types, sameAs: 'T' },
  ],
  outputs: [{ name: 'c', sameAs: 'T' }],
  attributes: {},
  trait: { kind: 'opaque' },
  infer(at) {
    const [a, b] = [at.input(0), at.input(1)];
    if (a.shape.length !== 2 || b.shape.length !== 2) throw at.fail('the operands are not both matrices');
    at.equal(a.shape[1], b.shape[1]);
    return [{ dtype: a.dtype, shape: [a.shape[0], b.shape[0]] }];
  },
});
