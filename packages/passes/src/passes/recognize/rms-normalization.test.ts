import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { foldNormOperands } from './norm-operands.ts';
import { recognizeRmsNormalization } from './rms-normalization.ts';

const net = (text: string, type = 'float32[N,4,3]') => `input x: ${type}\n${text}\noutput y`;
const both = [recognizeRmsNormalization, foldNormOperands];
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), ...both);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeRmsNormalization);

const MEAN = 'p = Pow(x, float32[] [2])\nv = ReduceMean(p, int64[1] [-1])\ns = Add(v, float32[] [0.0009765625])';
const AFTER = 'y = RMSNormalization(x, float32[3] splat 1) {axis: -1, epsilon: 0.0009765625}';

describe('rms-norm', () => {
  it('is x over the root of the mean of its squares', () => {
    becomes(`${MEAN}\nd = Sqrt(s)\ny = Div(x, d)`, AFTER);
    becomes(`${MEAN}\nd = Sqrt(s)\nr = Div(float32[] [1], d)\ny = Mul(x, r)`, AFTER);
    becomes(`${MEAN}\nd = Sqrt(s)\nr = Reciprocal(d)\ny = Mul(r, x)`, AFTER);
    becomes(`${MEAN}\nr = Pow(s, float32[] [-0.5])\ny = Mul(x, r)`, AFTER);
    becomes(
      'p = Mul(x, x)\nv = ReduceSum(p, int64[1] [-1])\nw = Div(v, float32[] [3])\ns = Add(w, float32[] [0.0009765625])\nd = Sqrt(s)\ny = Div(x, d)',
      AFTER,
    );
  });

  it('has a scale, and casts around it', () => {
    becomes(
      `${MEAN}\nd = Sqrt(s)\nr = Div(float32[] [1], d)\nn = Mul(x, r)\ny = Mul(float32[3] [1, 2, 3], n)`,
      'y = RMSNormalization(x, float32[3] [1, 2, 3]) {axis: -1, epsilon: 0.0009765625}',
    );
    becomes(
      `h = Cast(x) {to: "float32"}\n${MEAN.replace('(x', '(h')}\nd = Sqrt(s)\nr = Reciprocal(d)\nn = Mul(h, r)\nz = Cast(n) {to: "float16"}\ny = Mul(float16[3] [1, 2, 3], z)`,
      'y = RMSNormalization(x, float16[3] [1, 2, 3]) {axis: -1, epsilon: 0.0009765625}',
      'float16[N,4,3]',
    );
  });

  it('is not found over other axes or of other values', () => {
    stays(`${MEAN}\nd = Sqrt(s)\ny = Div(x, d)\noutput v`);
    stays(`${MEAN}\nd = Sqrt(s)\ny = Div(p, d)`);
    stays(`${MEAN.replace('[2]', '[4]')}\nd = Sqrt(s)\ny = Div(x, d)`);
    stays(`${MEAN}\nd = Sqrt(s)\ny = Div(x, d)`, 'float32[N,C]');
    stays(
      'p = Mul(x, x)\nv = ReduceMean(p, int64[1] [1]) {keepdims: 0}\ns = Add(v, float32[] [0.01])\nd = Sqrt(s)\ny = Div(x, d)',
      'float32[3,3]',
    );
  });
});

it('computes the same', async () => {
  await expectSameValues(
    net(`${MEAN}\nd = Sqrt(s)\nn = Div(x, d)\ny = Mul(n, float32[3] #w)`, 'float32[5,4,3]'),
    ...both,
  );
});
