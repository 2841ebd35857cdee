import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { removeExpands } from './remove-expands.ts';

const net = (inputs: string, text: string) => `${inputs}\n${text}\noutput y`;
const becomes = (inputs: string, from: string, to: string) =>
  expectRewrite(net(inputs, from), net(inputs, to), removeExpands);
const stays = (inputs: string, text: string) => expectUnchanged(net(inputs, text), removeExpands);

const XM = 'input x: float32[N,4,8]\ninput m: float32[1,1,8]';

describe('before-pointwise', () => {
  it('lets the op broadcast', () => {
    becomes(XM, 's = Shape(x)\ne = Expand(m, s)\ny = Add(x, e)\noutput s', 's = Shape(x)\ny = Add(x, m)\noutput s');
    becomes(XM, 'e = Expand(m, int64[3] [1, 4, 8])\ny = Mul(e, x)', 'y = Mul(m, x)');
    becomes(
      `${XM}\ninput c: bool[8]`,
      's = Shape(x)\ne = Expand(c, s)\ny = Where(e, x, m)\noutput s',
      's = Shape(x)\ny = Where(c, x, m)\noutput s',
    );
  });

  it('keeps the Expand for others', () => {
    becomes(
      XM,
      'e = Expand(m, int64[3] [1, 4, 8])\ny = Mul(e, x)\noutput e',
      'y = Mul(m, x)\ne = Expand(m, int64[3] [1, 4, 8])\noutput e',
    );
  });

  it('stays where the op would be smaller, or aligns its operands otherwise', () => {
    stays('input x: float32[1,8]\ninput m: float32[1,8]', 'e = Expand(m, int64[2] [4, 8])\ny = Add(x, e)\noutput e');
    stays('input m: float32[1,8]', 'e = Expand(m, int64[2] [4, 8])\ny = Softmax(e)\noutput e');
    stays(
      'input x: float32[N,4]\ninput m: float32[1]',
      'e = Expand(m, int64[1] [4])\ny = BatchNormalization(x, e, e, e, e)',
    );
  });
});

describe('after-pointwise', () => {
  const shape = 'int64[3] [2, 4, 8]';

  it('moves the Expand behind', () => {
    becomes('input m: float32[1,1,8]', `e = Expand(m, ${shape})\ny = Relu(e)`, `r = Relu(m)\ny = Expand(r, ${shape})`);
    becomes(
      'input m: bool[1,1,8]',
      `e = Expand(m, ${shape})\ny = Where(e, float32[] [0], float32[] [-1])`,
      `w = Where(m, float32[] [0], float32[] [-1])\ny = Expand(w, ${shape})`,
    );
    becomes(
      'input x: float32[2,4,8]\ninput m: float32[1,1,8]',
      `e = Expand(m, ${shape})\na = Relu(e)\nb = Mul(a, float32[8] splat 2)\ny = Add(x, b)`,
      'a = Relu(m)\nb = Mul(a, float32[8] splat 2)\ny = Add(x, b)',
    );
  });

  it('stays where it is read elsewhere, or where the other operand is larger', () => {
    stays('input m: float32[1,1,8]', `e = Expand(m, ${shape})\ny = Relu(e)\noutput e`);
    stays('input m: float32[1,1,8]', `e = Expand(m, ${shape})\ny = Relu(e)\nz = Abs(e)\noutput z`);
    stays('input m: float32[1,1,8]\ninput x: float32[1,4,8]', `e = Expand(m, ${shape})\ny = Add(e, x)`);
    stays('input m: float32[1,1,8]', `e = Expand(m, ${shape})\ny = Softmax(e)`);
  });
});
