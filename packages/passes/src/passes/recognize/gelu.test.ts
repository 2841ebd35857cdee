import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeGelu } from './gelu.ts';

const net = (text: string, type = 'float32[N,3]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), recognizeGelu);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeGelu);

const ERF = 'd = Div(x, float32[] [1.4142135])\ne = Erf(d)\na = Add(e, float32[] [1])';

describe('gelu', () => {
  it('is found in every order of multiplications', () => {
    becomes(`${ERF}\nm = Mul(x, a)\ny = Mul(m, float32[] [0.5])`, 'y = Gelu(x)');
    becomes(`${ERF}\nm = Mul(float32[] [0.5], x)\ny = Mul(a, m)`, 'y = Gelu(x)');
    becomes(`${ERF}\nm = Mul(float32[] [0.5], a)\ny = Mul(x, m)`, 'y = Gelu(x)');
    becomes(`${ERF}\nm = Div(x, float32[1] [2])\ny = Mul(m, a)`, 'y = Gelu(x)');
    becomes(`${ERF}\nm = Mul(x, a)\ny = Div(m, float32[] [2])`, 'y = Gelu(x)');
  });

  it('is found by its numbers', () => {
    const from = (scaled: string, sum: string) =>
      `d = ${scaled}\ne = Erf(d)\na = ${sum}\nm = Mul(x, a)\ny = Mul(m, float32[] [0.5])`;
    becomes(from('Mul(x, float32[] [0.70710677])', 'Add(float32[1,1] [1], e)'), 'y = Gelu(x)');
    becomes(from('Div(x, float32[3] splat 1.4142135)', 'Sub(e, float32[] [-1])'), 'y = Gelu(x)');
    becomes(from('Mul(x, float32[] [-0.70710677])', 'Sub(float32[] [1], e)'), 'y = Gelu(x)');
    becomes(
      'd = Mul(x, float16[] [0.70703125])\ne = Erf(d)\na = Add(e, float16[] [1])\nm = Mul(x, a)\ny = Mul(m, float16[] [0.5])',
      'y = Gelu(x)',
      'float16[N]',
    );
    becomes(
      'd = Div(x, float32[] [1.4142135])\ne = Erf(d)\nh = Mul(e, float32[] [0.5])\nc = Add(h, float32[] [0.5])\ny = Mul(c, x)',
      'y = Gelu(x)',
    );
  });

  it('is of the product that it is of', () => {
    becomes(
      'p = Mul(x, float32[] [3])\nd = Div(p, float32[] [1.4142135])\ne = Erf(d)\na = Add(e, float32[] [1])\nm = Mul(p, a)\ny = Mul(m, float32[] [0.5])',
      'p = Mul(x, float32[] [3])\ny = Gelu(p)',
    );
  });

  it('is not found by other numbers', () => {
    stays(`${ERF}\nm = Mul(x, a)\ny = Mul(m, float32[] [0.51])`);
    stays(`${ERF}\ny = Mul(x, a)`);
    stays(
      'd = Div(x, float32[] [1.41])\ne = Erf(d)\na = Add(e, float32[] [1])\nm = Mul(x, a)\ny = Mul(m, float32[] [0.5])',
    );
    stays(
      'd = Div(x, float32[] [1.4142135])\ne = Erf(d)\na = Add(e, float32[] [2])\nm = Mul(x, a)\ny = Mul(m, float32[] [0.5])',
    );
  });

  it('is not found of two values, where the inside is read elsewhere, or where constants broadcast it', () => {
    const more = (text: string) =>
      expectUnchanged(`input x: float32[N,3]\ninput z: float32[N,3]\n${text}`, recognizeGelu);
    more(`${ERF}\nm = Mul(z, a)\ny = Mul(m, float32[] [0.5])\noutput y`);
    stays(`${ERF}\nm = Mul(x, a)\ny = Mul(m, float32[] [0.5])\noutput e`);
    stays(`${ERF}\nm = Mul(x, a)\ny = Mul(m, float32[] [0.5])\nn = Neg(a)\noutput n`);
    stays(`${ERF}\nm = Mul(x, a)\ny = Mul(m, float32[2,1] splat 0.5)`, 'float32[3]');
  });
});

describe('gelu-tanh', () => {
  const tail = 't = Tanh(i)\na = Add(t, float32[] [1])\nh = Mul(x, float32[] [0.5])\ny = Mul(h, a)';
  const after = 'y = Gelu(x) {approximate: "tanh"}';

  it('takes x³ as Pow or as products', () => {
    const inner = 'k = Mul(c, float32[] [0.044715])\ns = Add(x, k)\ni = Mul(s, float32[] [0.7978845608])';
    becomes(`c = Pow(x, float32[] [3])\n${inner}\n${tail}`, after);
    becomes(`q = Mul(x, x)\nc = Mul(q, x)\n${inner}\n${tail}`, after);
    becomes(`q = Pow(x, float32[] [2])\nc = Mul(x, q)\n${inner}\n${tail}`, after);
    becomes(
      `k1 = Mul(x, float32[] [0.044715])\nk2 = Mul(x, k1)\nk = Mul(k2, x)\ns = Add(k, x)\ni = Mul(float32[] [0.7978846], s)\n${tail}`,
      after,
    );
  });

  it('takes x out of the sum, the factor into it, and the sigmoid of twice as much', () => {
    becomes(
      `p = Mul(x, float32[] [0.7978845608])\nk1 = Mul(x, float32[] [0.044715])\nk = Mul(k1, x)\ns = Add(k, float32[] [1])\ni = Mul(p, s)\n${tail}`,
      after,
    );
    becomes(
      `c = Pow(x, float32[] [3])\nk = Mul(c, float32[] [0.035677408])\np = Mul(x, float32[] [0.7978846])\ni = Add(p, k)\n${tail}`,
      after,
    );
    becomes(
      'c = Pow(x, float32[] [3])\nk = Mul(c, float32[] [0.044715])\ns = Add(x, k)\ni = Mul(s, float32[] [1.5957692])\nt = Sigmoid(i)\ny = Mul(x, t)',
      after,
    );
  });

  it('is not found by other numbers or powers', () => {
    const inner = 's = Add(x, k)\ni = Mul(s, float32[] [0.7978845608])';
    stays(`c = Pow(x, float32[] [2])\nk = Mul(c, float32[] [0.044715])\n${inner}\n${tail}`);
    stays(`c = Pow(x, float32[] [3])\nk = Mul(c, float32[] [0.0447])\n${inner}\n${tail}`);
    stays(`c = Pow(x, float32[] [3])\nk = Mul(c, float32[] [0.044715])\n${inner}\n${tail}\noutput k`);
  });
});

it('computes the same', async () => {
  const same = (text: string) => expectSameValues(net(text, 'float32[5,3]'), recognizeGelu);
  await same(`${ERF}\nm = Mul(x, a)\ny = Mul(m, float32[] [0.5])`);
  await same(
    'c = Pow(x, float32[] [3])\nk = Mul(c, float32[] [0.044715])\ns = Add(x, k)\ni = Mul(s, float32[] [1.5957692])\nt = Sigmoid(i)\ny = Mul(x, t)',
  );
});
