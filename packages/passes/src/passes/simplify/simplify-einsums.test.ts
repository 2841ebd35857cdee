import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { simplifyEinsums } from './simplify-einsums.ts';

const net = (text: string, x = 'float32[B,4,5]', w = 'float32[B,5,6]') =>
  `input x: ${x}\ninput w: ${w}\n${text}\noutput y`;
const becomes = (from: string, to: string, x?: string, w?: string) =>
  expectRewrite(net(from, x, w), net(to, x, w), simplifyEinsums);
const stays = (text: string, x?: string, w?: string) => expectUnchanged(net(text, x, w), simplifyEinsums);

describe('as-transpose', () => {
  it('reorders axes', () => {
    becomes('y = Einsum(x) { equation: "bij->jbi" }', 'y = Transpose(x) { perm: [2, 0, 1] }');
    becomes('y = Einsum(x) { equation: "...ij->...ji" }', 'y = Transpose(x) { perm: [0, 2, 1] }');
    becomes('a = Einsum(x) { equation: "bij -> bij" }\ny = Abs(a)', 'y = Abs(x)');
  });

  it('leaves sums and diagonals', () => {
    stays('y = Einsum(x) { equation: "bij->bi" }');
    stays('y = Einsum(x) { equation: "ii->i" }', 'float32[3,3]');
    stays('y = Einsum(x, w) { equation: "i,i->i" }', 'float32[3]', 'float32[3]');
  });
});

describe('as-matmul', () => {
  it('multiplies matrices', () => {
    becomes('y = Einsum(x, w) { equation: "bij,bjk->bik" }', 'y = MatMul(x, w)');
    becomes('y = Einsum(x, w) { equation: "ij,jk" }', 'y = MatMul(x, w)', 'float32[N,3]', 'float32[3,4]');
    becomes(
      'y = Einsum(x, w) { equation: "bqhd,bkhd->bhqk" }',
      'a = Transpose(x) { perm: [0, 2, 1, 3] }\nb = Transpose(w) { perm: [0, 2, 3, 1] }\ny = MatMul(a, b)',
      'float32[B,Q,2,8]',
      'float32[B,K,2,8]',
    );
    becomes(
      'y = Einsum(x, w) { equation: "bhqk,bkhd->bqhd" }',
      'b = Transpose(w) { perm: [0, 2, 1, 3] }\na = MatMul(x, b)\ny = Transpose(a) { perm: [0, 2, 1, 3] }',
      'float32[B,2,Q,K]',
      'float32[B,K,2,8]',
    );
    becomes(
      'y = Einsum(x, w) { equation: "bij,bkj->bik" }',
      'b = Transpose(w) { perm: [0, 2, 1] }\ny = MatMul(x, b)',
      'int32[2,3,4]',
      'int32[2,5,4]',
    );
  });

  it('leaves others', () => {
    stays('y = Einsum(x, w) { equation: "bi,bi->bi" }', 'float32[2,3]', 'float32[2,3]');
    stays('y = Einsum(x, w) { equation: "bij,bij->b" }', 'float32[2,3,4]', 'float32[2,3,4]');
    stays('y = Einsum(x, w) { equation: "ij,jk->ik" }', 'float32[2,1]', 'float32[3,4]');
    stays('y = Einsum(x, w) { equation: "i,j->ij" }', 'float32[2]', 'float32[3]');
    stays('y = Einsum(x, w) { equation: "iij,jk->ik" }', 'float32[2,2,3]', 'float32[3,4]');
    stays('y = Einsum(x, w, w) { equation: "ij,jk,jk->ik" }', 'float32[2,3]', 'float32[3,4]');
    stays('y = Einsum(x, w) { equation: "abij,jk->abik" }', 'float32[2,2,2,3]', 'float32[3,4]');
  });

  it('gives the same values', () =>
    expectSameValues(
      'input x: float32[2,3,2,4]\ny = Einsum(x, float32[2,5,2,4] #w) { equation: "bqhd,bkhd->bhqk" }\noutput y',
      simplifyEinsums,
    ));
});
