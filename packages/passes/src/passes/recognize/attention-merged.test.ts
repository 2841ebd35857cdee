// Batch and heads as one axis, which masks take apart for a while: BART and what was made after it.

import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeAttention } from './attention.ts';

interface Form {
  readonly mask?: string;
  readonly bias?: string;
  readonly apart?: string;
  readonly extra?: string;
  readonly key?: string;
}

/** Of two heads of 4, for 3 queries and 5 keys. */
const written = (form: Form = {}) => {
  const { mask = 'float32[B,1,3,5]', bias = 'mask', apart = '-1, 2, 3, 5', extra = '', key = 'k' } = form;
  return `graph net
    input q: float32[B,2,3,4]
    input k: float32[B,2,5,4]
    input v: float32[B,2,5,4]
    input mask: ${mask}
    qm = Reshape(q, int64[3] [-1, 3, 4])
    km = Reshape(${key}, int64[3] [-1, 5, 4])
    vm = Reshape(v, int64[3] [-1, 5, 4])
    t = Transpose(km) { perm: [0, 2, 1] }
    s = MatMul(qm, t)
    a = Reshape(s, int64[4] [${apart}])
    b = Add(a, ${bias})
    c = Reshape(b, int64[3] [-1, 3, 5])
    p = Softmax(c)
    y = MatMul(p, vm)
    output y
    ${extra}`;
};

const recognized = (inputs: string, mask = 'mask') => `graph net
  input q: float32[B,2,3,4]
  input k: float32[B,2,5,4]
  input v: float32[B,2,5,4]
  input mask: ${inputs}
  r = Attention(q, k, v, ${mask}) { scale: 1 }
  y = Reshape(r, int64[3] [-1, 3, 4])
  output y`;

describe('written-out, with batch and heads as one axis', () => {
  it('and a mask for each batch', () => expectRewrite(written(), recognized('float32[B,1,3,5]'), recognizeAttention));

  it('and a mask for each head', () =>
    expectRewrite(written({ mask: 'float32[2,3,5]' }), recognized('float32[2,3,5]'), recognizeAttention));

  it('and a mask of keys', () =>
    expectRewrite(written({ mask: 'float32[B,1,1,5]' }), recognized('float32[B,1,1,5]'), recognizeAttention));

  it('computes the same', () =>
    expectSameValues(written({ mask: 'float32[3,1,3,5]' }).replaceAll('[B,', '[3,'), recognizeAttention));

  it('is not found where the scores are read elsewhere', () =>
    expectUnchanged(written({ extra: 'output b' }), recognizeAttention));

  it('is not found where the axes are taken apart otherwise', () =>
    expectUnchanged(written({ apart: '2, -1, 3, 5', mask: 'float32[1,1,3,5]' }), recognizeAttention));

  it('is not found where queries and keys change places', () =>
    expectUnchanged(written({ apart: '-1, 2, 5, 3', mask: 'float32[1,1,5,3]' }), recognizeAttention));
});
