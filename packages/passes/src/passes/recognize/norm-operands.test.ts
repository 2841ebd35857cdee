import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { foldNormOperands } from './norm-operands.ts';

const net = (text: string, type = 'float32[N,4,3]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), foldNormOperands);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), foldNormOperands);

const LAYER = 'n = LayerNormalization(x, float32[3] [1, 2, 3], float32[3] [4, 5, 6])';
const INSTANCE = 'n = InstanceNormalization(x, float32[4] [1, 2, 3, 4], float32[4] splat 0)';

describe('norm-scale', () => {
  it('goes into scale and bias', () => {
    becomes(
      `${LAYER}\ny = Mul(n, float32[3] [1, 2, 3])`,
      'y = LayerNormalization(x, float32[3] [1, 4, 9], float32[3] [4, 10, 18])',
    );
    becomes(
      `${LAYER}\ny = Div(n, float32[] [2])`,
      'y = LayerNormalization(x, float32[3] [0.5, 1, 1.5], float32[3] [2, 2.5, 3])',
    );
    becomes(
      `${INSTANCE}\ny = Mul(float32[4,1] splat 2, n)`,
      'y = InstanceNormalization(x, float32[4] [2, 4, 6, 8], float32[4] splat 0)',
    );
    becomes(
      'n = RMSNormalization(x, float32[3] splat 1)\ny = Mul(n, float32[1,3] [1, 2, 3])',
      'y = RMSNormalization(x, float32[3] [1, 2, 3])',
    );
  });

  it('goes through a Transpose', () => {
    becomes(
      `${LAYER}\nt = Transpose(n) {perm: [0, 2, 1]}\ny = Mul(t, float32[3,1] [1, 2, 3])`,
      'n = LayerNormalization(x, float32[3] [1, 4, 9], float32[3] [4, 10, 18])\ny = Transpose(n) {perm: [0, 2, 1]}',
    );
  });

  it('stays where it lies along other axes, or the norm is read elsewhere', () => {
    stays(`${LAYER}\ny = Mul(n, float32[4,1] [1, 2, 3, 4])`);
    stays(`${LAYER}\ny = Mul(n, float32[2,1,1,1] splat 2)`);
    stays(`${LAYER}\ny = Mul(n, float32[3] [1, 2, 3])\noutput n`);
    stays(`${LAYER}\ny = Div(float32[3] [1, 2, 3], n)`);
    stays(`${LAYER}\ny = Div(n, float32[3] [1, 0, 3])`);
    stays(`${INSTANCE}\ny = Mul(n, float32[3] [1, 2, 3])`);
    stays(`${LAYER}\nt = Transpose(n) {perm: [0, 2, 1]}\ny = Mul(t, float32[4] [1, 2, 3, 4])`);
  });
});

describe('norm-offset', () => {
  it('goes into the bias', () => {
    becomes(
      `${LAYER}\ny = Add(n, float32[3] [1, 2, 3])`,
      'y = LayerNormalization(x, float32[3] [1, 2, 3], float32[3] [5, 7, 9])',
    );
    becomes(
      'n = LayerNormalization(x, float32[3] splat 1)\ny = Sub(n, float32[] [2])',
      'y = LayerNormalization(x, float32[3] splat 1, float32[3] splat -2)',
    );
    becomes(
      `${INSTANCE}\ny = Add(float32[1,4,1] [1, 2, 3, 4], n)`,
      'y = InstanceNormalization(x, float32[4] [1, 2, 3, 4], float32[4] [1, 2, 3, 4])',
    );
  });

  it('stays where there is none, or what is added is no constant', () => {
    stays('n = RMSNormalization(x, float32[3] splat 1)\ny = Add(n, float32[3] [1, 2, 3])');
    stays(`${LAYER}\ny = Add(n, x)`);
    stays(`${LAYER}\ny = Sub(float32[3] [1, 2, 3], n)`);
  });
});

describe('norm-casts', () => {
  const wide = (scale: string) =>
    `h = Cast(x) {to: "float32"}\nn = LayerNormalization(h, ${scale})\ny = Cast(n) {to: "float16"}`;

  it('go where the operands are as exact in the type', () => {
    becomes(wide('float32[3] [1, 2, 3]'), 'y = LayerNormalization(x, float16[3] [1, 2, 3])', 'float16[N,3]');
    becomes(
      wide('float32[3] splat 1, float32[3] splat 0'),
      'y = LayerNormalization(x, float16[3] splat 1, float16[3] splat 0)',
      'float16[N,3]',
    );
    becomes(
      wide('float32[3] splat 1').replaceAll('float16', 'bfloat16'),
      'y = LayerNormalization(x, bfloat16[3] splat 1)',
      'bfloat16[N,3]',
    );
  });

  it('stay otherwise', () => {
    stays(wide('float32[3] [1, 2, 0.1]'), 'float16[N,3]');
    stays(`${wide('float32[3] splat 1')}\noutput n`, 'float16[N,3]');
    stays(wide('float32[3] splat 1'), 'bfloat16[N,3]');
  });
});

it('computes the same', async () => {
  await expectSameValues(
    net(
      'n = LayerNormalization(x, float32[3] #s, float32[3] #b)\nm = Mul(n, float32[1,3] #m)\ny = Sub(m, float32[1] #o)',
      'float32[5,4,3]',
    ),
    foldNormOperands,
  );
});
