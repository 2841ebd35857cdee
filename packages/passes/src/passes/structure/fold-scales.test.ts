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

describe('through what only moves elements', () => {
  it('a scale or an offset reaches the contraction', () => {
    // Channels last, as TensorFlow adds its bias.
    becomes(
      'float32[N,1,8]',
      `${conv()}\nt = Transpose(c) { perm: [0, 2, 1] }\ny = Mul(t, float32[2] [3, 4])`,
      'c = Conv(x, float32[2,1,1] [6, 4])\ny = Transpose(c) { perm: [0, 2, 1] }',
    );
    becomes(
      'float32[N,1,8]',
      `${conv()}\nt = Transpose(c) { perm: [0, 2, 1] }\ny = Add(t, float32[2] [3, 4])`,
      'c = Conv(x, float32[2,1,1] [2, 1], float32[2] [3, 4])\ny = Transpose(c) { perm: [0, 2, 1] }',
    );
    becomes(
      'float32[N,1,8]',
      `${conv()}\nr = Reshape(c, int64[4] [0, 2, 2, 4])\ny = Mul(r, float32[2,1,1] [3, 4])`,
      'c = Conv(x, float32[2,1,1] [6, 4])\ny = Reshape(c, int64[4] [0, 2, 2, 4])',
    );
    // Queries of attention: the heads are parts of the channels, but one number is for them all.
    becomes(
      'float32[N,T,2]',
      'm = MatMul(x, float32[2,4] splat 2)\na = Add(m, float32[4] [1, 2, 3, 4])\nr = Reshape(a, int64[4] [0, 0, 2, 2])\nt = Transpose(r) { perm: [0, 2, 1, 3] }\ny = Mul(t, float32[] [0.5])',
      'm = MatMul(x, float32[2,4] splat 1)\na = Add(m, float32[4] [0.5, 1, 1.5, 2])\nr = Reshape(a, int64[4] [0, 0, 2, 2])\ny = Transpose(r) { perm: [0, 2, 1, 3] }',
    );
    becomes(
      'float32[N,T,2]',
      'm = MatMul(x, float32[2,2] splat 2)\na = Sub(float32[] [1], m)\ny = Mul(a, float32[2] [3, 4])',
      'm = MatMul(x, float32[2,2] [6, 8, 6, 8])\ny = Sub(float32[2] [3, 4], m)',
    );
  });

  it('stays where the axis is no longer there, a sum is in the way, or something else reads what is between', () => {
    stays('float32[N,1,8]', `${conv()}\nt = Transpose(c) { perm: [0, 2, 1] }\ny = Mul(t, float32[8,1] splat 3)`);
    stays('float32[N,1,8]', `${conv()}\nr = Reshape(c, int64[3] [0, 4, 4])\ny = Mul(r, float32[4,1] [1, 2, 3, 4])`);
    stays('float32[N,1,8]', `${conv()}\nt = Transpose(c) { perm: [0, 2, 1] }\ny = Mul(t, float32[2] [3, 4])\noutput t`);
    stays(
      'float32[N,1,8]',
      `${conv()}\nt = Transpose(c) { perm: [0, 2, 1] }\nz = Abs(c)\ny = Mul(t, float32[2] [3, 4])\noutput z`,
    );
    stays(
      'float32[N,4,2]',
      'm = MatMul(x, float32[2,2] splat 2)\na = Add(m, float32[4,1] [1, 2, 3, 4])\ny = Mul(a, float32[2] [3, 4])',
    );
    stays('float32[N,1,8]', `${conv()}\na = Abs(c)\ny = Mul(a, float32[2,1] [3, 4])`);
    stays('float32[N,1,W]', `${conv()}\nr = Reshape(c, int64[2] [2, -1])\ny = Mul(r, float32[2,1] [3, 4])`);
  });
});

describe('scale-before', () => {
  it('goes into the weights of what reads it', () => {
    becomes(
      'float32[N,2,8]',
      'm = Mul(x, float32[2,1] [3, 4])\ny = Conv(m, float32[1,2,1] [1, 2], float32[1] [5]) { pads: [1, 1] }',
      'y = Conv(x, float32[1,2,1] [3, 8], float32[1] [5]) { pads: [1, 1] }',
    );
    becomes(
      'float32[N,2,8]',
      'm = Div(x, float32[1,2,1] [0.5, 0.25])\ny = ConvTranspose(m, float32[2,1,2] [1, 2, 3, 4])',
      'y = ConvTranspose(x, float32[2,1,2] [2, 4, 12, 16])',
    );
    becomes(
      'float32[N,2]',
      'm = Mul(float32[2] [3, 4], x)\ny = Gemm(m, float32[1,2] [1, 2]) { transB: 1, alpha: 0.5 }',
      'y = Gemm(x, float32[1,2] [3, 8]) { transB: 1, alpha: 0.5 }',
    );
    becomes(
      'float32[N,T,2]',
      'm = Mul(x, float32[2] [3, 4])\na = MatMul(m, float32[2,1] [1, 2])\nb = MatMul(m, float32[2,2] splat 1)\ny = Add(a, b)',
      'a = MatMul(x, float32[2,1] [3, 8])\nb = MatMul(x, float32[2,2] [3, 3, 4, 4])\ny = Add(a, b)',
    );
  });

  it('is of groups too', () => {
    becomes(
      'float32[N,4,8]',
      'm = Mul(x, float32[4,1] [3, 4, 5, 6])\ny = Conv(m, float32[2,2,1] [1, 1, 1, 1]) { group: 2 }',
      'y = Conv(x, float32[2,2,1] [3, 4, 5, 6]) { group: 2 }',
    );
  });

  it('stays where it is read elsewhere, is of another axis, or weights are computed', () => {
    stays(
      'float32[N,2,8]',
      'm = Mul(x, float32[2,1] [3, 4])\nz = Abs(m)\ny = Conv(m, float32[1,2,1] [1, 2])\noutput z',
    );
    stays('float32[N,2,8]', 'm = Mul(x, float32[2,1] [3, 4])\ny = Conv(m, float32[1,2,1] [1, 2])\noutput m');
    stays('float32[N,2,8]', 'm = Mul(x, float32[8] splat 3)\ny = Conv(m, float32[1,2,1] [1, 2])');
    stays('float32[2,2]', 'm = Mul(x, float32[2] [3, 4])\ny = Gemm(m, float32[2,1] [1, 2]) { transA: 1 }');
    stays('float32[2,2]', 'm = Mul(x, float32[2] [3, 4])\ny = MatMul(float32[2,2] splat 1, m)');
    stays('float32[2,2]', 'm = Mul(x, float32[2] [3, 4])\ny = MatMul(m, x)');
    stays('float32[N,2,8]', 'm = Div(x, float32[2,1] [3, 0])\ny = Conv(m, float32[1,2,1] [1, 2])');
  });
});

describe('offset-before', () => {
  it('is a bias where nothing is padded', () => {
    becomes(
      'float32[N,2,8]',
      'm = Add(x, float32[2,1] [3, 4])\ny = Conv(m, float32[1,2,2] [1, 2, 3, 4], float32[1] [5])',
      'y = Conv(x, float32[1,2,2] [1, 2, 3, 4], float32[1] [42])',
    );
    becomes(
      'float32[N,2,8]',
      'm = Sub(x, float32[] [1])\ny = Conv(m, float32[1,2,1] [1, 2]) { auto_pad: "SAME_UPPER" }',
      'y = Conv(x, float32[1,2,1] [1, 2], float32[1] [-3]) { auto_pad: "SAME_UPPER" }',
    );
    becomes(
      'float32[N,2]',
      'm = Add(x, float32[2] [3, 4])\ny = Gemm(m, float32[2,1] [1, 2], float32[1] [2]) { alpha: 0.5, beta: 2 }',
      'y = Gemm(x, float32[2,1] [1, 2], float32[1] [9.5]) { alpha: 0.5 }',
    );
  });

  it('comes with a scale, as BatchNormalization before Conv does', () => {
    becomes(
      'float32[N,2,8]',
      'm = Mul(x, float32[2,1] [3, 4])\na = Add(m, float32[2,1] [1, 2])\ny = Conv(a, float32[1,2,1] [1, 2])',
      'y = Conv(x, float32[1,2,1] [3, 8], float32[1] [5])',
    );
  });

  it('stays where zeros are padded, or there is no bias for it', () => {
    stays('float32[N,2,8]', 'm = Add(x, float32[2,1] [3, 4])\ny = Conv(m, float32[1,2,1] [1, 2]) { pads: [1, 0] }');
    stays(
      'float32[N,2,8]',
      'm = Add(x, float32[2,1] [3, 4])\ny = Conv(m, float32[1,2,2] splat 1) { auto_pad: "SAME_LOWER" }',
    );
    stays('float32[N,2,8]', 'm = Add(x, float32[2,1] [3, 4])\ny = ConvTranspose(m, float32[2,1,2] splat 1)');
    stays('float32[N,2]', 'm = Add(x, float32[2] [3, 4])\ny = MatMul(m, float32[2,1] [1, 2])');
    stays('float32[N,2,8]', 'm = Sub(float32[2,1] [3, 4], x)\ny = Conv(m, float32[1,2,1] [1, 2])');
  });
});

describe('fold-scales', () => {
  it('computes the same', async () => {
    for (const text of [
      'c = Conv(x, float32[6,2,3,3] #w, float32[6] #b) { group: 2 }\nm = Mul(c, float32[1,6,1,1] #s)\nd = Div(m, float32[6,1,1] #t)\ny = Sub(d, float32[6,1,1] #o)',
      'c = ConvTranspose(x, float32[4,3,2,2] #w) { group: 2 }\nm = Mul(c, float32[1,6,1,1] #s)\ny = Add(m, float32[6,1,1] #o)',
      'c = MatMul(x, float32[2,4,6,3] #w)\ny = Mul(c, float32[3] #s)',
      'm = Mul(x, float32[4,1,1] #s)\na = Add(m, float32[4,1,1] #o)\ny = Conv(a, float32[6,2,3,3] #w, float32[6] #b) { group: 2 }',
      'm = Mul(x, float32[4,1,1] #s)\ny = ConvTranspose(m, float32[4,3,2,2] #w) { group: 2, strides: [2, 1] }',
      'm = Mul(x, float32[6] #s)\ny = MatMul(m, float32[2,4,6,3] #w)',
      'c = Conv(x, float32[6,4,1,1] #w)\nt = Transpose(c) { perm: [0, 2, 3, 1] }\nr = Reshape(t, int64[3] [2, 30, 6])\nm = Mul(r, float32[6] #s)\ny = Add(m, float32[6] #o)',
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
    await expectSameValues(
      net(
        'float32[5,4]',
        'm = Mul(x, float32[4] #s)\na = Add(m, float32[4] #o)\ny = Gemm(a, float32[3,4] #w, float32[3] #b) { transB: 1, alpha: 1.5, beta: 0.3 }',
      ),
      foldScales,
    );
  });
});
