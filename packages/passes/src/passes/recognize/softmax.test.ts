import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeSoftmax } from './softmax.ts';

const net = (text: string, type = 'float32[N,4,3]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), recognizeSoftmax);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeSoftmax);

const SHIFTED = 'm = ReduceMax(x, int64[1] [-1])\nd = Sub(x, m)';

describe('softmax', () => {
  it('is eˣ / Σ eˣ', () => {
    becomes('e = Exp(x)\ns = ReduceSum(e, int64[1] [-1])\ny = Div(e, s)', 'y = Softmax(x) {axis: 2}');
    becomes('e = Exp(x)\ns = ReduceSum(e, int64[1] [1])\nr = Reciprocal(s)\ny = Mul(r, e)', 'y = Softmax(x) {axis: 1}');
    becomes(`${SHIFTED}\ne = Exp(d)\ns = ReduceSum(e, int64[1] [-1])\ny = Div(e, s)`, 'y = Softmax(x) {axis: 2}');
    becomes(
      'm = ReduceMax(x, int64[1] [-1]) {keepdims: 0}\nk = Reshape(m, int64[3] [-1, 4, 1])\nd = Sub(x, k)\ne = Exp(d)\ns = ReduceSum(e, int64[1] [-1]) {keepdims: 0}\nt = Reshape(s, int64[3] [-1, 4, 1])\ny = Div(e, t)',
      'y = Softmax(x) {axis: 2}',
    );
  });

  it('is not found over other axes', () => {
    stays('e = Exp(x)\ns = ReduceSum(e, int64[2] [-2, -1])\ny = Div(e, s)');
    stays('e = Exp(x)\ns = ReduceSum(e, int64[1] [-1])\ny = Div(e, s)\noutput e');
    stays('e = Exp(x)\ns = ReduceSum(e, int64[1] [-1])\ny = Div(s, e)');
    stays('e = Exp(x)\ns = ReduceSum(e, int64[1] [1]) {keepdims: 0}\ny = Div(e, s)', 'float32[3,3]');
  });

  it('needs no shift', () => {
    becomes(`${SHIFTED}\ny = Softmax(d)`, 'y = Softmax(x)');
    becomes(`${SHIFTED}\ny = LogSoftmax(d) {axis: 2}`, 'y = LogSoftmax(x) {axis: 2}');
    stays(`${SHIFTED}\ny = Softmax(d) {axis: 1}`);
    stays(`${SHIFTED}\ny = Softmax(d)\noutput d`);
    stays('m = ReduceMin(x, int64[1] [-1])\nd = Sub(x, m)\ny = Softmax(d)');
  });
});

describe('log-softmax', () => {
  it('is x − ln Σ eˣ, and the logarithm of Softmax', () => {
    becomes('s = ReduceLogSumExp(x, int64[1] [-1])\ny = Sub(x, s)', 'y = LogSoftmax(x) {axis: 2}');
    becomes('s = ReduceLogSumExp(x, int64[1] [1])\ny = Sub(x, s)', 'y = LogSoftmax(x) {axis: 1}', 'float16[N,4]');
    becomes('s = Softmax(x) {axis: 1}\ny = Log(s)', 'y = LogSoftmax(x) {axis: 1}');
    becomes('s = Softmax(x)\ny = Log(s)', 'y = LogSoftmax(x)', 'float16[N,S]');
    becomes(
      's = Softmax(x) {axis: 0}\ny = Log(s)\nz = Abs(x)\noutput z',
      'y = LogSoftmax(x) {axis: 0}\nz = Abs(x)\noutput z',
    );
    becomes(
      `${SHIFTED}\ne = Exp(d)\ns = ReduceSum(e, int64[1] [-1])\nl = Log(s)\ny = Sub(d, l)`,
      'y = LogSoftmax(x) {axis: 2}',
    );
  });

  it('is not found elsewhere', () => {
    stays('s = ReduceLogSumExp(x, int64[1] [-1])\ny = Sub(s, x)');
    stays('s = ReduceLogSumExp(x, int64[2] [1, 2])\ny = Sub(x, s)');
    stays('s = ReduceLogSumExp(x, int64[1] [1])\nz = Abs(x)\ny = Sub(z, s)');
    stays('s = Softmax(x)\ny = Log(s)\noutput s');
    stays('s = Softmax(x)\nt = Add(s, float32[] [1e-3])\ny = Log(t)');
    stays('l = Log(x)\ny = Softmax(l)');
  });
});

describe('log-sum-exp', () => {
  it('is ln Σ eˣ, over any axes', () => {
    becomes('e = Exp(x)\ns = ReduceSum(e, int64[1] [-1])\ny = Log(s)', 'y = ReduceLogSumExp(x, int64[1] [-1])');
    becomes('e = Exp(x)\ns = ReduceSum(e) {keepdims: 0}\ny = Log(s)', 'y = ReduceLogSumExp(x) {keepdims: 0}');
    becomes(
      'm = ReduceMax(x, int64[1] [1])\nd = Sub(x, m)\nl = ReduceLogSumExp(d, int64[1] [1])\ny = Add(m, l)',
      'y = ReduceLogSumExp(x, int64[1] [1]) {keepdims: 1}',
      'float16[N,4]',
    );
    becomes(
      `${SHIFTED}\ne = Exp(d)\ns = ReduceSum(e, int64[1] [-1])\nl = Log(s)\ny = Add(l, m)`,
      'y = ReduceLogSumExp(x, int64[1] [-1]) {keepdims: 1}',
    );
    becomes(
      `${SHIFTED}\ne = Exp(d)\ns = ReduceSum(e, int64[1] [-1]) {keepdims: 0}\nl = Log(s)\nk = Reshape(m, int64[2] [-1, 4])\ny = Add(k, l)`,
      'y = ReduceLogSumExp(x, int64[1] [-1]) {keepdims: 0}',
    );
  });

  it('is not found elsewhere', () => {
    stays('e = Exp(x)\ns = ReduceSum(e, int64[1] [-1])\ny = Log(s)\noutput e');
    stays('e = Exp(x)\ns = ReduceMean(e, int64[1] [-1])\ny = Log(s)');
    stays('s = ReduceSum(x, int64[1] [-1])\ny = Log(s)');
    stays(`${SHIFTED}\nl = ReduceLogSumExp(d, int64[1] [-1])\ny = Sub(l, m)`);
    stays(`${SHIFTED}\nl = ReduceLogSumExp(d, int64[1] [-1])\ny = Add(l, m)\noutput l`);
    stays(`${SHIFTED}\nl = ReduceLogSumExp(d, int64[1] [1])\ny = Add(l, m)`);
  });
});

it('computes the same', async () => {
  const same = (text: string) => expectSameValues(net(text, 'float32[5,4,3]'), recognizeSoftmax);
  await same(`${SHIFTED}\ne = Exp(d)\ns = ReduceSum(e, int64[1] [-1])\ny = Div(e, s)`);
  await same(`${SHIFTED}\ne = Exp(d)\ns = ReduceSum(e, int64[1] [-1])\nl = Log(s)\ny = Add(l, m)`);
});
