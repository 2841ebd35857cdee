import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeMish } from './mish.ts';
import { recognizeSoftplus } from './softplus.ts';

const net = (text: string, type = 'float32[N,3]') => `input x: ${type}\n${text}\noutput y`;
const both = [recognizeSoftplus, recognizeMish];
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), ...both);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), ...both);

const STABLE = 'r = Relu(x)\nb = Abs(x)\nn = Neg(b)\ne = Exp(n)\na = Add(e, float32[] [1])\nl = Log(a)';

describe('softplus', () => {
  it('is ln(1 + eˣ), plainly or stably', () => {
    becomes('e = Exp(x)\na = Add(e, float32[] [1])\ny = Log(a)', 'y = Softplus(x)');
    becomes('e = Exp(x)\na = Add(float32[1] [1], e)\ny = Log(a)', 'y = Softplus(x)');
    becomes('e = Exp(x)\na = Sub(e, float16[] [-1])\ny = Log(a)', 'y = Softplus(x)', 'float16[N]');
    becomes(`${STABLE}\ny = Add(r, l)`, 'y = Softplus(x)');
    becomes(`${STABLE}\ny = Add(l, r)`, 'y = Softplus(x)', 'float32[N,S]');
    becomes(`${STABLE.replace('float32', 'float16')}\ny = Add(r, l)`, 'y = Softplus(x)', 'float16[2]');
    const sigmoid = 'n = Neg(x)\ns = Sigmoid(n)\nl = Log(s)\ny = Neg(l)';
    becomes(sigmoid, 'y = Softplus(x)');
    becomes(sigmoid, 'y = Softplus(x)', 'float16[N,S]');
    becomes(`${sigmoid}\nz = Abs(x)\noutput z`, 'y = Softplus(x)\nz = Abs(x)\noutput z');
  });

  it('needs no threshold', () => {
    becomes('s = Softplus(x)\ng = Greater(x, float32[] [20])\ny = Where(g, x, s)', 'y = Softplus(x)');
    becomes('s = Softplus(x)\ng = Greater(x, float32[3] splat 18)\ny = Where(g, x, s)', 'y = Softplus(x)');
    becomes('s = Softplus(x)\ng = Greater(x, float16[1] [20])\ny = Where(g, x, s)', 'y = Softplus(x)', 'float16[N]');
    stays('s = Softplus(x)\ng = Greater(x, float32[] [5])\ny = Where(g, x, s)');
    stays('s = Softplus(x)\ng = Greater(x, float32[] [20])\ny = Where(g, s, x)');
    stays('s = Softplus(x)\ng = Greater(x, float64[] [20])\ny = Where(g, x, s)', 'float64[N]');
    stays('s = Softplus(x)\ng = Greater(x, float32[] [20])\ny = Where(g, x, s)\noutput s');
  });

  it('is not found elsewhere', () => {
    stays('e = Exp(x)\na = Add(e, float32[] [1.001])\ny = Log(a)');
    stays('e = Exp(x)\na = Add(e, float32[] [1])\ny = Log(a)\noutput e');
    stays('e = Exp(x)\na = Add(e, float32[2,1] splat 1)\ny = Log(a)', 'float32[3]');
    stays('r = Relu(x)\nb = Abs(x)\ns = Softplus(b)\ny = Add(r, s)');
    stays('s = Sigmoid(x)\nl = Log(s)\ny = Neg(l)');
  });
});

describe('mish', () => {
  it('is x · tanh(softplus(x))', () => {
    becomes('s = Softplus(x)\nt = Tanh(s)\ny = Mul(x, t)', 'y = Mish(x)');
    becomes('s = Softplus(x)\nt = Tanh(s)\ny = Mul(t, x)', 'y = Mish(x)', 'float16[N,4]');
    becomes('e = Exp(x)\na = Add(e, float32[] [1])\ns = Log(a)\nt = Tanh(s)\ny = Mul(x, t)', 'y = Mish(x)');
  });

  it('is not found elsewhere', () => {
    stays('s = Softplus(x)\nt = Tanh(s)\ny = Mul(s, t)');
    stays('s = Softplus(x)\nt = Tanh(s)\ny = Mul(x, t)\noutput t');
    stays('s = Softplus(x)\nt = Sigmoid(s)\ny = Mul(x, t)');
  });
});

it('computes the same', async () => {
  await expectSameValues(net(`${STABLE}\ns = Add(r, l)\nt = Tanh(s)\ny = Mul(x, t)`, 'float32[9,3]'), ...both);
});
