import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { simplifyArithmetic } from './simplify-arithmetic.ts';

const net = (text: string, type = 'float32[N,3]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), simplifyArithmetic);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), simplifyArithmetic);

describe('square', () => {
  it('is a product', () => {
    becomes('y = Pow(x, float32[] [2])', 'y = Mul(x, x)');
    becomes('y = Pow(x, int64[1] [2])', 'y = Mul(x, x)');
    becomes('y = Pow(x, float16[3] splat 2)', 'y = Mul(x, x)', 'float16[N,3]');
  });

  it('is nothing else', () => {
    stays('y = Pow(x, float32[] [3])');
    stays('y = Pow(x, float32[3] [2, 2, 1])');
    stays('y = Pow(x, float32[2,1] splat 2)', 'float32[3]');
    stays('y = Pow(float32[] [2], x)');
  });
});

describe('exact-reciprocal', () => {
  it('multiplies instead of dividing by a power of two', () => {
    becomes('y = Div(x, float32[] [8])', 'y = Mul(x, float32[] [0.125])');
    becomes('y = Div(x, float32[3] [-2, 0.5, 1024])', 'y = Mul(x, float32[3] [-0.5, 2, 0.0009765625])');
    becomes('y = Div(x, float16[] [4])', 'y = Mul(x, float16[] [0.25])', 'float16[N]');
  });

  it('does not where it would round', () => {
    stays('y = Div(x, float32[] [6])');
    stays('y = Div(x, float32[2] [2, 3])', 'float32[2]');
    stays('y = Div(x, float32[] [0])');
    stays('y = Div(x, float32[] [inf])');
    stays('y = Div(x, int32[] [2])', 'int32[N]');
    stays('y = Div(float32[] [2], x)');
  });
});

describe('add-negative', () => {
  it('adds the negative of a constant', () => {
    becomes('y = Sub(x, float32[] [1.5])', 'y = Add(x, float32[] [-1.5])');
    becomes('y = Sub(x, float32[3] [1, -2, 3])', 'y = Add(x, float32[3] [-1, 2, -3])');
    becomes('y = Sub(x, float64[] [0.1])', 'y = Add(x, float64[] [-0.1])', 'float64[N]');
  });

  it('leaves other differences', () => {
    stays('y = Sub(float32[] [1], x)');
    stays('y = Sub(x, x)');
    stays('y = Sub(x, int32[] [1])', 'int32[N]');
  });
});

describe('constants-last', () => {
  it('swaps operands', () => {
    becomes('y = Add(float32[] [1], x)', 'y = Add(x, float32[] [1])');
    becomes('y = Mul(float32[3] [1, 2, 3], x)', 'y = Mul(x, float32[3] [1, 2, 3])');
    becomes('y = Mul(int32[] [3], x)', 'y = Mul(x, int32[] [3])', 'int32[N]');
  });

  it('leaves others', () => {
    stays('y = Add(x, float32[] [1])');
    stays('y = Add(float32[] [1], float32[] [1])');
    stays('y = Div(float32[] [1], x)');
  });
});
