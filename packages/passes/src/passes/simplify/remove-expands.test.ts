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

describe('constant-target', () => {
  it('leaves out what the input has already', () => {
    becomes(
      'input x: float32[N,4,1,8]',
      's = Shape(x) { start: 0, end: 1 }\nt = Concat(s, int64[3] [4, 2, 8]) { axis: 0 }\ny = Expand(x, t)',
      'y = Expand(x, int64[4] [1, 1, 2, 1])',
    );
    becomes(
      'input x: float32[N,1]',
      's = Shape(x)\nt = Concat(int64[1] [3], s) { axis: 0 }\ny = Expand(x, t)',
      'y = Expand(x, int64[3] [3, 1, 1])',
    );
    becomes(
      'input x: float32[N,1]',
      's = Shape(x)\ny = Expand(x, s)\noutput s',
      's = Shape(x)\ny = Expand(x, int64[2] [1, 1])\noutput s',
    );
  });

  it('keeps what the input lacks', () => {
    stays('input x: float32[1,8]\ninput z: float32[N,8]', 's = Shape(z)\ny = Expand(x, s)');
    stays(
      'input x: float32[1,3]\ninput z: float32[M]',
      's = Shape(z)\nt = Concat(s, int64[1] [3]) { axis: 0 }\ny = Expand(x, t)',
    );
    stays('input x: float32[1,8]', 'y = Expand(x, int64[2] [4, 1])\noutput x');
  });
});

describe('tile-as-expand', () => {
  it('repeats axes of 1 by index', () => {
    becomes('input x: float32[N,1,8]', 'y = Tile(x, int64[3] [1, 4, 1])', 'y = Expand(x, int64[3] [1, 4, 1])');
    becomes('input x: float32[1,1]', 'y = Tile(x, int64[2] [4, 5])', 'y = Expand(x, int64[2] [4, 5])');
    becomes(
      'input x: float32[N,4,8]\ninput z: float32[1,4,1]',
      'e = Tile(z, int64[3] [1, 1, 8])\ny = Add(x, e)',
      'y = Add(x, z)',
    );
  });

  it('leaves other repeats', () => {
    stays('input x: float32[N,2]', 'y = Tile(x, int64[2] [1, 2])');
    stays('input x: float32[N,1]', 'y = Tile(x, int64[2] [2, 2])');
    stays('input x: float32[1,1]', 'y = Tile(x, int64[2] [1, 0])');
  });
});

describe('filled', () => {
  it('lets the op broadcast', () => {
    becomes(
      'input x: float32[N,4]',
      's = Shape(x)\nf = ConstantOfShape(s) { value: float32[1] [2] }\ny = Mul(x, f)',
      'y = Mul(x, float32[] [2])',
    );
    becomes(
      'input x: float32[N,4]',
      's = Shape(x)\nf = ConstantOfShape(s)\ny = Sub(f, x)',
      'y = Sub(float32[] [0], x)',
    );
    becomes(
      'input x: bool[N,4]',
      's = Shape(x)\nf = ConstantOfShape(s) { value: bool[1] [1] }\ny = And(x, f)',
      'y = And(x, bool[] [1])',
    );
  });

  it('leaves what is read otherwise', () => {
    stays('input x: float32[N,4]', 's = Shape(x)\nf = ConstantOfShape(s)\ny = Concat(x, f) { axis: 1 }');
    stays('input x: float32[2,4]', 'f = ConstantOfShape(int64[2] [2, 4])\ny = Add(x, f)');
    stays('input x: float32[N,4]', 's = Shape(x)\nf = ConstantOfShape(s)\ny = Relu(f)');
  });
});
