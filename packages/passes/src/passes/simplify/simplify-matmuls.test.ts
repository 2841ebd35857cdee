import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { simplifyMatmuls } from './simplify-matmuls.ts';

const net = (text: string, inputs = 'input x: float32[N,4]\ninput w: float32[4,5]') => `${inputs}\n${text}\noutput y`;
const becomes = (from: string, to: string, inputs?: string) =>
  expectRewrite(net(from, inputs), net(to, inputs), simplifyMatmuls);
const stays = (text: string, inputs?: string) => expectUnchanged(net(text, inputs), simplifyMatmuls);

describe('transpose-into-gemm', () => {
  const turned = 'input x: float32[4,N]\ninput w: float32[5,4]';
  it('transposes in Gemm', () => {
    becomes(
      'a = Transpose(x)\nb = Transpose(w) { perm: [1, 0] }\ny = MatMul(a, b)',
      'y = Gemm(x, w) { transA: 1, transB: 1 }',
      turned,
    );
    becomes(
      'a = Transpose(x)\ny = Gemm(a, w) { transA: 1, alpha: 2.0, transB: 1 }',
      'y = Gemm(x, w) { transA: 0, transB: 1, alpha: 2.0 }',
      'input x: float32[N,4]\ninput w: float32[5,4]',
    );
    becomes(
      'b = Transpose(w)\ny = MatMul(x, b)',
      'y = Gemm(x, w) { transA: 0, transB: 1 }',
      'input x: float32[N,4]\ninput w: float32[5,4]',
    );
  });

  it('leaves others', () => {
    stays('b = Transpose(w)\ny = MatMul(x, b)\noutput b', 'input x: float32[N,4]\ninput w: float32[5,4]');
    stays('b = Transpose(w) { perm: [0, 2, 1] }\ny = MatMul(x, b)', 'input x: float32[2,N,4]\ninput w: float32[2,5,4]');
    stays('b = Transpose(float32[5,4] splat 1)\ny = MatMul(x, b)', 'input x: float32[N,4]');
    stays('b = Transpose(w) { perm: [0, 1] }\ny = MatMul(x, b)');
  });
});

describe('bias-into-gemm', () => {
  it('adds in Gemm', () => {
    becomes('a = MatMul(x, w)\ny = Add(a, float32[5] splat 1)', 'y = Gemm(x, w, float32[5] splat 1)');
    becomes('a = MatMul(x, w)\ny = Add(float32[1,5] splat 1, a)', 'y = Gemm(x, w, float32[1,5] splat 1)');
    becomes(
      'a = Gemm(x, w) { alpha: 2.0, beta: 3.0 }\nb = Abs(a)\nc = Gemm(x, w) { beta: 3.0, alpha: 2.0 }\ny = Add(c, b)',
      'a = Gemm(x, w) { alpha: 2.0, beta: 3.0 }\nb = Abs(a)\ny = Gemm(x, w, b) { alpha: 2.0 }',
    );
  });

  it('leaves others', () => {
    stays('a = MatMul(x, w)\ny = Add(a, float32[5] splat 1)\noutput a');
    stays('a = MatMul(x, w)\ny = Add(a, float32[2,1,5] splat 1)');
    stays('a = MatMul(x, w)\ny = Add(a, float32[3,5] splat 1)', 'input x: float32[1,4]\ninput w: float32[4,5]');
    stays('a = MatMul(x, w)\ny = Add(a, float32[5] splat 1)', 'input x: float32[2,N,4]\ninput w: float32[4,5]');
    stays('a = MatMul(x, w)\ny = Add(a, int32[5] splat 1)', 'input x: int32[N,4]\ninput w: int32[4,5]');
    stays('a = Gemm(x, w, float32[5] splat 2)\ny = Add(a, float32[5] splat 1)');
  });
});

describe('gemm-of-rows', () => {
  const rows = 'input x: float32[N,S,4]\ninput w: float32[4,5]';
  const back = 's = Shape(x) { end: 2 }\nt = Concat(s, int64[1] [5]) { axis: 0 }\ny = Reshape(g, t)';
  it('is a MatMul of any rank', () => {
    becomes(
      `r = Reshape(x, int64[2] [-1, 4])\ng = Gemm(r, w, float32[5] splat 1)\n${back}`,
      'a = MatMul(x, w)\ny = Add(a, float32[5] splat 1)',
      rows,
    );
    becomes(`r = Reshape(x, int64[2] [-1, 4])\ng = MatMul(r, w)\n${back}`, 'y = MatMul(x, w)', rows);
    becomes(
      'r = Reshape(x, int64[2] [-1, 4])\ng = Gemm(r, w) { beta: 2.0 }\ny = Reshape(g, int64[3] [2, 3, 5])',
      'y = MatMul(x, w)',
      'input x: float32[2,3,4]\ninput w: float32[4,5]',
    );
    becomes(
      'r = Reshape(x, int64[2] [-1, 4])\ng = Gemm(r, float32[5,4] splat 1) { transB: 1 }\ny = Reshape(g, int64[3] [-1, 3, 5])',
      'b = Transpose(float32[5,4] splat 1) { perm: [1, 0] }\ny = MatMul(x, b)',
      'input x: float32[6,3,4]',
    );
  });

  it('joins the axes of what it multiplies', () =>
    becomes(
      `r = Reshape(x, int64[2] [-1, 4])\ng = Gemm(r, w, float32[5] splat 1)\n${back}`,
      'r = Reshape(x, int64[3] [0, 0, 4])\na = MatMul(r, w)\ny = Add(a, float32[5] splat 1)',
      'input x: float32[N,S,2,2]\ninput w: float32[4,5]',
    ));

  it('leaves others', () => {
    const scaled = 'r = Reshape(x, int64[2] [-1, 4])\ng = Gemm(r, w) { alpha: 2.0 }';
    stays(`${scaled}\n${back}`, rows);
    stays(
      'r = Reshape(x, int64[2] [-1, 4])\ng = MatMul(r, w)\ny = Reshape(g, int64[3] [3, 2, 5])',
      'input x: float32[2,3,4]\ninput w: float32[4,5]',
    );
    stays(
      'r = Reshape(x, int64[2] [-1, 4])\ng = MatMul(r, w)\ny = Reshape(g, int64[3] [2, 3, 5])\noutput g',
      'input x: float32[2,3,4]\ninput w: float32[4,5]',
    );
    stays(
      'r = Reshape(x, int64[2] [-1, 8])\ng = MatMul(r, w)\ny = Reshape(g, int64[3] [2, 3, 5])',
      'input x: float32[2,6,4]\ninput w: float32[8,5]',
    );
    stays(
      'r = Reshape(x, int64[2] [6, 4])\ng = Gemm(r, w, float32[6,5] splat 1)\ny = Reshape(g, int64[3] [2, 3, 5])',
      'input x: float32[2,3,4]\ninput w: float32[4,5]',
    );
    stays(
      'r = Reshape(x, int64[2] [6, 4])\ng = Gemm(r, w) { transB: 1 }\ny = Reshape(g, int64[3] [2, 3, 5])',
      'input x: float32[2,3,4]\ninput w: float32[5,4]',
    );
  });

  it('gives the same values', async () => {
    const text = `input x: float32[2,3,4]
      r = Reshape(x, int64[2] [-1, 4])
      g = Gemm(r, float32[5,4] #w, float32[5] #b) { transB: 1 }
      y = Reshape(g, int64[3] [2, 3, 5])
      output y`;
    await expectSameValues(text, simplifyMatmuls);
    await expectSameValues(
      'input x: float32[4,3]\na = Transpose(x)\nb = MatMul(a, float32[4,5] #w)\ny = Add(b, float32[5] #c)\noutput y',
      simplifyMatmuls,
    );
  });
});
