import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeSigmoid } from './sigmoid.ts';

const net = (text: string, type = 'float32[N,3]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), recognizeSigmoid);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeSigmoid);

const EXP = 'n = Neg(x)\ne = Exp(n)\na = Add(e, float32[] [1])';

describe('sigmoid', () => {
  it('is 1 / (1 + e⁻ˣ)', () => {
    becomes(`${EXP}\ny = Reciprocal(a)`, 'y = Sigmoid(x)');
    becomes(`${EXP}\ny = Div(float32[] [1], a)`, 'y = Sigmoid(x)');
    becomes(
      'n = Mul(x, float32[] [-1])\ne = Exp(n)\na = Add(float32[] [1], e)\ny = Pow(a, float32[] [-1])',
      'y = Sigmoid(x)',
    );
    becomes('e = Exp(x)\na = Add(e, float32[] [1])\ny = Div(e, a)', 'y = Sigmoid(x)');
    becomes(
      'h = Mul(x, float32[] [0.5])\nt = Tanh(h)\na = Add(t, float32[] [1])\ny = Div(a, float32[] [2])',
      'y = Sigmoid(x)',
    );
    becomes(
      'h = Div(x, float32[] [2])\nt = Tanh(h)\nm = Mul(t, float32[] [0.5])\ny = Add(m, float32[] [0.5])',
      'y = Sigmoid(x)',
    );
  });

  it('is not found elsewhere', () => {
    stays('e = Exp(x)\na = Add(e, float32[] [1])\ny = Reciprocal(a)');
    stays(`${EXP}\ny = Div(float32[] [2], a)`);
    stays(`${EXP}\ny = Reciprocal(a)\noutput e`);
    stays(`${EXP}\ny = Div(float32[2,1] splat 1, a)`, 'float32[3]');
    stays('t = Tanh(x)\nm = Mul(t, float32[] [0.5])\ny = Add(m, float32[] [0.5])');
  });
});

describe('tanh', () => {
  it('is (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)', () => {
    becomes('p = Exp(x)\nn = Neg(x)\nq = Exp(n)\nu = Sub(p, q)\nl = Add(q, p)\ny = Div(u, l)', 'y = Tanh(x)');
    becomes(
      'n = Mul(x, float32[] [-2])\nq = Exp(n)\nu = Sub(float32[] [1], q)\nl = Add(q, float32[] [1])\ny = Div(u, l)',
      'y = Tanh(x)',
    );
    becomes(
      'n = Mul(x, float32[] [2])\nq = Exp(n)\nu = Sub(q, float32[] [1])\nl = Add(q, float32[] [1])\ny = Div(u, l)',
      'y = Tanh(x)',
    );
    becomes(
      'd = Mul(x, float32[] [2])\ns = Sigmoid(d)\nm = Mul(float32[] [2], s)\ny = Sub(m, float32[] [1])',
      'y = Tanh(x)',
    );
  });

  it('is not found elsewhere', () => {
    stays('p = Exp(x)\nn = Neg(x)\nq = Exp(n)\nu = Sub(q, p)\nl = Add(q, p)\ny = Div(u, l)');
    stays('d = Mul(x, float32[] [2])\ns = Sigmoid(d)\nm = Mul(float32[] [2], s)\ny = Sub(m, float32[] [1])\noutput s');
    stays('s = Sigmoid(x)\nm = Mul(float32[] [2], s)\ny = Sub(m, float32[] [1])');
  });
});

it('computes the same', async () => {
  await expectSameValues(net(`${EXP}\ny = Reciprocal(a)`, 'float32[9,3]'), recognizeSigmoid);
  await expectSameValues(
    net('p = Exp(x)\nn = Neg(x)\nq = Exp(n)\nu = Sub(p, q)\nl = Add(q, p)\ny = Div(u, l)', 'float32[9,3]'),
    recognizeSigmoid,
  );
});
