import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeSwish } from './swish.ts';

const net = (text: string, type = 'float32[N,3]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), recognizeSwish);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeSwish);

describe('swish', () => {
  it('is x · sigmoid(alpha · x)', () => {
    becomes('s = Sigmoid(x)\ny = Mul(x, s)', 'y = Swish(x) {alpha: 1}');
    becomes('s = Sigmoid(x)\ny = Mul(s, x)', 'y = Swish(x) {alpha: 1}', 'float16[N]');
    becomes('a = Mul(x, float32[] [2])\ns = Sigmoid(a)\ny = Mul(x, s)', 'y = Swish(x) {alpha: 2}');
    becomes('a = Mul(float32[] [-2], x)\ns = Sigmoid(a)\ny = Mul(s, x)', 'y = Swish(x) {alpha: -2}');
    becomes('a = Div(x, float32[1] [4])\ns = Sigmoid(a)\ny = Mul(x, s)', 'y = Swish(x) {alpha: 0.25}');
  });

  it('is of the product that is multiplied', () => {
    becomes(
      'p = Mul(x, float32[] [2])\ns = Sigmoid(p)\ny = Mul(p, s)',
      'p = Mul(x, float32[] [2])\ny = Swish(p) {alpha: 1}',
    );
  });

  it('is not found elsewhere', () => {
    stays('s = Sigmoid(x)\ny = Mul(x, s)\noutput s');
    stays('s = Sigmoid(x)\nt = Mul(x, s)\nn = Neg(s)\ny = Add(n, t)');
    stays('n = Abs(x)\ns = Sigmoid(n)\ny = Mul(x, s)');
    stays('a = Mul(x, float32[3] [1, 2, 3])\ns = Sigmoid(a)\ny = Mul(x, s)');
    stays('a = Mul(x, float32[2,1] [1, 1])\ns = Sigmoid(a)\ny = Mul(x, s)', 'float32[3]');
  });
});

describe('swish-exp', () => {
  it('is x / (1 + e^(−alpha · x))', () => {
    becomes('n = Neg(x)\ne = Exp(n)\na = Add(e, float32[] [1])\ny = Div(x, a)', 'y = Swish(x) {alpha: 1}');
    becomes(
      'n = Mul(x, float32[] [-2])\ne = Exp(n)\na = Add(float32[] [1], e)\ny = Div(x, a)',
      'y = Swish(x) {alpha: 2}',
    );
    becomes(
      'n = Neg(x)\ne = Exp(n)\na = Add(e, float32[] [1])\nr = Reciprocal(a)\ny = Mul(r, x)',
      'y = Swish(x) {alpha: 1}',
    );
  });

  it('is not found elsewhere', () => {
    stays('n = Neg(x)\ne = Exp(n)\na = Add(e, float32[] [2])\ny = Div(x, a)');
    stays('n = Neg(x)\ne = Exp(n)\na = Add(e, float32[] [1])\ny = Div(a, x)');
    stays('n = Neg(x)\ne = Exp(n)\na = Add(e, float32[] [1])\ny = Div(x, a)\noutput a');
  });
});

it('computes the same', async () => {
  await expectSameValues(
    net('a = Mul(x, float32[] [1.702])\ns = Sigmoid(a)\ny = Mul(x, s)', 'float32[7,3]'),
    recognizeSwish,
  );
  await expectSameValues(
    net('n = Neg(x)\ne = Exp(n)\na = Add(e, float32[] [1])\ny = Div(x, a)', 'float32[7,3]'),
    recognizeSwish,
  );
});
