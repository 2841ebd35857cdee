import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { mergeScales } from './merge-scales.ts';

const net = (text: string, type = 'float32[N,2]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), mergeScales);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), mergeScales);

describe('scale-of-scale', () => {
  it('multiplies once', () => {
    becomes('a = Mul(x, float32[] [3])\ny = Mul(a, float32[2] [5, 7])', 'y = Mul(x, float32[2] [15, 21])');
    becomes('a = Div(x, float32[] [4])\ny = Mul(float32[] [3], a)', 'y = Mul(x, float32[] [0.75])');
    becomes('a = Mul(x, float32[2] [3, 6])\ny = Div(a, float32[1] [2])', 'y = Mul(x, float32[2] [1.5, 3])');
    becomes('a = Div(x, float32[] [6])\ny = Mul(a, float32[1] [3])', 'y = Mul(x, float32[1] [0.5])');
    becomes('a = Div(x, float16[] [4])\ny = Div(a, float16[] [2])', 'y = Mul(x, float16[] [0.125])', 'float16[N]');
    becomes(
      'a = Mul(x, float32[] [3])\nb = Mul(a, float32[] [5])\ny = Mul(b, float32[] [0])',
      'y = Mul(x, float32[] [0])',
    );
  });

  it('leaves others', () => {
    stays('a = Mul(x, float32[] [3])\ny = Mul(a, float32[] [5])\noutput a');
    stays('a = Mul(x, float32[] [3])\ny = Mul(a, float32[] [5])\nb = Abs(a)\noutput b');
    stays('a = Div(float32[] [3], x)\ny = Mul(a, float32[] [5])');
    stays('a = Mul(x, float32[2] [3, 4])\ny = Mul(a, float32[3,1] [5, 6, 7])');
    stays('a = Mul(x, float32[] [3e30])\ny = Mul(a, float32[] [3e30])');
    stays('a = Mul(x, float32[] [1e-30])\ny = Mul(a, float32[] [1e-30])');
    stays('a = Mul(x, float32[] [1])\ny = Div(a, float32[] [0])');
    stays('a = Mul(x, int32[] [3])\ny = Mul(a, int32[] [5])', 'int32[N]');
    stays('a = Mul(x, float32[] [3])\ny = Add(a, float32[] [5])');
  });

  it('gives the same values', () =>
    expectSameValues(
      'input x: float32[3,4]\na = Div(x, float32[] [6])\ny = Mul(a, float32[4] #w)\noutput y',
      mergeScales,
    ));
});

describe('offset-of-offset', () => {
  it('adds once', () => {
    becomes('a = Add(x, float32[] [3])\ny = Add(a, float32[2] [5, 7])', 'y = Add(x, float32[2] [8, 10])');
    becomes(
      'a = Add(float32[2,1] [1, 2], x)\ny = Add(float32[2,1] [3, 4], a)',
      'y = Add(x, float32[2,1] [4, 6])',
      'float32[2,2]',
    );
    becomes('a = Add(x, float16[1] [3])\ny = Add(a, float16[1] [-3])', 'y = Add(x, float16[1] [0])', 'float16[N]');
  });

  it('leaves others', () => {
    stays('a = Add(x, float32[] [3])\ny = Add(a, float32[] [5])\noutput a');
    stays('a = Add(x, int64[] [3])\ny = Add(a, int64[] [5])', 'int64[N]');
    stays('a = Add(x, float32[1,1,1] [3])\ny = Add(a, float32[2] [5, 6])');
    stays('a = Add(x, float32[] [3])\ny = Add(a, x)');
  });
});

describe('root', () => {
  it('spells powers', () => {
    becomes('y = Pow(x, float32[] [0.5])', 'y = Sqrt(x)');
    becomes('y = Pow(x, float32[2] [-1, -1])', 'y = Reciprocal(x)');
    becomes('y = Pow(x, float16[1] [0.5])', 'y = Sqrt(x)', 'float16[N]');
  });

  it('leaves others', () => {
    stays('y = Pow(x, float32[] [3])');
    stays('y = Pow(x, float32[] [0.5])', 'int32[N]');
    stays('y = Pow(x, float32[3,1,1] splat 0.5)');
    stays('y = Pow(float32[] [0.5], x)');
  });
});
