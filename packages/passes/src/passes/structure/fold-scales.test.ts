import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { foldScales } from './fold-scales.ts';

const net = (type: string, text: string) => `input x: ${type}\n${text}\noutput y`;
const becomes = (type: string, from: string, to: string) => expectRewrite(net(type, from), net(type, to), foldScales);
const stays = (type: string, text: string) => expectUnchanged(net(type, text), foldScales);
const conv = (more = '') => `c = Conv(x, float32[2,1,1] [2, 1]${more})`;

describe('scale', () => {
  it('goes into the weights of a Conv', () => {
    becomes('float32[N,1,8]', `${conv()}\ny = Mul(c, float32[1,2,1] [3, 4])`, 'y = Conv(x, float32[2,1,1] [6, 4])');
    becomes(
      'float32[N,1,8]',
      `${conv(', float32[2] [1, 2]')}\ny = Mul(float32[2,1] [3, 4], c)`,
      'y = Conv(x, float32[2,1,1] [6, 4], float32[2] [3, 8])',
    );
    becomes('float32[N,1,8]', `${conv()}\ny = Div(c, float32[] [2])`, 'y = Conv(x, float32[2,1,1] [1, 0.5])');
    becomes('float32[N,1,8]', `${conv()}\ny = Mul(c, float32[1,1,1] [2])`, 'y = Conv(x, float32[2,1,1] [4, 2])');
    becomes(
      'float16[N,2,8]',
      'c = Conv(x, float16[2,1,1] [2, 1]) { group: 2 }\ny = Mul(c, float16[2,1] [3, 4])',
      'y = Conv(x, float16[2,1,1] [6, 4]) { group: 2 }',
    );
  });

  it('goes into the weights of ConvTranspose, Gemm and MatMul', () => {
    becomes(
      'float32[N,1,4]',
      'c = ConvTranspose(x, float32[1,2,1] [1, 2])\ny = Mul(c, float32[2,1] [3, 4])',
      'y = ConvTranspose(x, float32[1,2,1] [3, 8])',
    );
    becomes(
      'float32[N,2]',
      'c = Gemm(x, float32[2,3] [1, 2, 3, 4, 5, 6], float32[3] [1, 1, 2]) { alpha: 2 }\ny = Mul(c, float32[3] [1, 2, 3])',
      'y = Gemm(x, float32[2,3] [1, 4, 9, 4, 10, 18], float32[3] [1, 2, 6]) { alpha: 2 }',
    );
    becomes(
      'float32[N,T,2]',
      'c = MatMul(x, float32[2,2] [1, 2, 3, 4])\ny = Mul(c, float32[2] [10, 100])',
      'y = MatMul(x, float32[2,2] [10, 200, 30, 400])',
    );
    becomes(
      'float32[N,T,2]',
      'c = MatMul(x, float32[2,2] [1, 2, 3, 4])\ny = Div(c, float32[] [0.5])',
      'y = MatMul(x, float32[2,2] [2, 4, 6, 8])',
    );
  });

  it('stays where it is no number for each channel', () => {
    stays('float32[N,1,2]', `${conv()}\ny = Mul(c, float32[2] [3, 4])`);
    stays('float32[2,1,8]', `${conv()}\ny = Mul(c, float32[2,1,1] [3, 4])`);
    stays('float32[N,1,8]', `${conv()}\ny = Mul(c, float32[1,1,2,1] [3, 4])`);
    stays('float32[N,1,1]', `${conv()}\ny = Mul(c, float32[2,4] splat 1)`);
    stays('float32[N,1,1]', `${conv()}\ny = Mul(c, float32[4] splat 1)`);
    stays('float32[N,1,8]', `${conv()}\ny = Div(float32[2,1] [3, 4], c)`);
    stays('float32[N,1,8]', `${conv()}\ny = Div(c, float32[2,1] [3, 0])`);
    stays('float32[N,1,8]', `${conv()}\ny = Mul(c, c)`);
    stays('float32[N,2,2]', 'c = MatMul(x, float32[2,2] splat 1)\ny = Mul(c, float32[2,1] [3, 4])');
    stays('float32[N,2,2]', 'c = MatMul(x, x)\ny = Mul(c, float32[] [3])');
    stays('int32[N,2]', 'c = MatMul(x, int32[2,2] splat 1)\ny = Mul(c, int32[] [3])');
  });

  it('stays where the product is read elsewhere', () => {
    stays('float32[N,1,8]', `${conv()}\ny = Mul(c, float32[2,1] [3, 4])\noutput c`);
    stays('float32[N,1,8]', `${conv()}\nz = Abs(c)\ny = Mul(c, float32[2,1] [3, 4])\noutput z`);
  });
});

describe('offset', () => {
  it('is a bias', () => {
    becomes(
      'float32[N,1,8]',
      `${conv()}\ny = Add(c, float32[2,1] [3, 4])`,
      'y = Conv(x, float32[2,1,1] [2, 1], float32[2] [3, 4])',
    );
    becomes(
      'float32[N,1,8]',
      `${conv(', float32[2] [1, 2]')}\ny = Add(float32[1,2,1] [3, 4], c)`,
      'y = Conv(x, float32[2,1,1] [2, 1], float32[2] [4, 6])',
    );
    becomes(
      'float32[N,1,8]',
      `${conv()}\ny = Sub(c, float32[] [3])`,
      'y = Conv(x, float32[2,1,1] [2, 1], float32[2] [-3, -3])',
    );
    becomes(
      'float32[N,2]',
      'c = Gemm(x, float32[2,2] [1, 2, 3, 4], float32[1,2] [2, 4]) { beta: 0.5 }\ny = Add(c, float32[2] [10, 20])',
      'y = Gemm(x, float32[2,2] [1, 2, 3, 4], float32[2] [11, 22])',
    );
    becomes(
      'float32[N,2]',
      'c = Gemm(x, float32[2,2] [1, 2, 3, 4])\ny = Add(c, float32[2] [10, 20])',
      'y = Gemm(x, float32[2,2] [1, 2, 3, 4], float32[2] [10, 20])',
    );
  });

  it('follows a scale, as in PP-OCR', () => {
    becomes(
      'float32[N,1,8,8]',
      'c = Conv(x, float32[2,1,1,1] [2, 1])\nm = Mul(c, float32[1,2,1,1] [3, 4])\ny = Add(m, float32[1,2,1,1] [5, 6])',
      'y = Conv(x, float32[2,1,1,1] [6, 4], float32[2] [5, 6])',
    );
  });

  it('stays where there is no bias for it', () => {
    stays('float32[N,T,2]', 'c = MatMul(x, float32[2,2] [1, 2, 3, 4])\ny = Add(c, float32[2] [1, 2])');
    stays('float32[N,1,8]', `${conv()}\ny = Sub(float32[2,1] [3, 4], c)`);
    stays('float32[N,1,2]', `${conv()}\ny = Add(c, float32[2] [3, 4])`);
    stays('float32[2,2]', 'c = Gemm(x, float32[2,2] [1, 2, 3, 4])\ny = Add(c, float32[2,1] [1, 2])');
    stays('float32[2,2]', 'c = Gemm(x, float32[2,2] [1, 2, 3, 4], float32[2,1] [1, 2])\ny = Add(c, float32[2] [1, 2])');
    expectUnchanged(
      `input b: float32[2]\n${net('float32[N,1,8]', `${conv(', b')}\ny = Add(c, float32[] [1])`)}`,
      foldScales,
    );
    expectUnchanged(`input b: float32[2,1]\n${net('float32[N,1,8]', `${conv()}\ny = Add(c, b)`)}`, foldScales);
  });
});

describe('fold-scales', () => {
  it('computes the same', async () => {
    for (const text of [
      'c = Conv(x, float32[6,2,3,3] #w, float32[6] #b) { group: 2 }\nm = Mul(c, float32[1,6,1,1] #s)\nd = Div(m, float32[6,1,1] #t)\ny = Sub(d, float32[6,1,1] #o)',
      'c = ConvTranspose(x, float32[4,3,2,2] #w) { group: 2 }\nm = Mul(c, float32[1,6,1,1] #s)\ny = Add(m, float32[6,1,1] #o)',
      'c = MatMul(x, float32[2,4,6,3] #w)\ny = Mul(c, float32[3] #s)',
    ])
      await expectSameValues(net('float32[2,4,5,6]', text), foldScales);
    for (const transB of [0, 1])
      await expectSameValues(
        net(
          'float32[5,4]',
          `c = Gemm(x, float32[${transB ? '3,4' : '4,3'}] #w, float32[3] #b) { transB: ${transB}, alpha: 1.5, beta: 0.3 }\nm = Mul(c, float32[3] #s)\ny = Add(m, float32[3] #o)`,
        ),
        foldScales,
      );
  });
});
