import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { canonicalReshapes } from './canonical-reshapes.ts';

/** `text` computes y from x. */
const net = (type: string, text: string) => `input x: ${type}\n${text}\noutput y`;
const becomes = (type: string, from: string, to: string) =>
  expectRewrite(net(type, from), net(type, to), canonicalReshapes);
const stays = (type: string, text: string) => expectUnchanged(net(type, text), canonicalReshapes);

describe('as-reshape', () => {
  it('spells Squeeze, Unsqueeze and Flatten as Reshape', () => {
    becomes('float32[2,1,3]', 'y = Squeeze(x, int64[1] [1])', 'y = Reshape(x, int64[2] [2, 3])');
    becomes('float32[1,1]', 'y = Squeeze(x)', 'y = Reshape(x, int64[0] [])');
    becomes('float32[N,1,3]', 'y = Squeeze(x, int64[1] [1])', 'y = Reshape(x, int64[2] [-1, 3])');
    becomes('float32[N,3]', 'y = Unsqueeze(x, int64[2] [0, 3])', 'y = Reshape(x, int64[4] [1, -1, 3, 1])');
    becomes('float32[N,C,1,1]', 'y = Flatten(x)', 'y = Reshape(x, int64[2] splat 0)');
    becomes('float32[N,2,H,W]', 'y = Flatten(x)', 'y = Reshape(x, int64[2] [0, -1])');
    becomes('float32[N,T,1,8]', 'y = Squeeze(x, int64[1] [2])', 'y = Reshape(x, int64[3] [0, 0, 8])');
  });

  it('leaves what no constant can say', () => {
    stays('float32[1,A,B]', 'y = Squeeze(x, int64[1] [0])');
    stays('float32[A,B,4]', 'y = Unsqueeze(x, int64[1] [0])');
    stays('float32[0,3,1]', 'y = Squeeze(x, int64[1] [2])');
  });
});

describe('constant-target', () => {
  const shapeOf = 's = Shape(x)\nn = Gather(s, int64[1] [0])';

  it('takes the place of shape arithmetic', () => {
    becomes(
      'float32[N,3,4]',
      `${shapeOf}\nt = Concat(n, int64[1] [12]) { axis: 0 }\ny = Reshape(x, t)`,
      'y = Reshape(x, int64[2] [-1, 12])',
    );
    becomes(
      'float32[N,T,8]',
      's = Shape(x)\nr = Abs(x)\ny = Reshape(r, s)',
      'r = Abs(x)\ny = Reshape(r, int64[3] [0, 0, 8])',
    );
    becomes(
      'float32[N,T,8]',
      `${shapeOf}\nt = Concat(n, int64[3] [-1, 2, 4]) { axis: 0 }\ny = Reshape(x, t)`,
      'y = Reshape(x, int64[4] [0, 0, 2, 4])',
    );
  });

  it('leaves targets with more than one size of their own', () => {
    stays('float32[A,B,4]', 's = Shape(x)\nt = Gather(s, int64[3] [1, 0, 2])\ny = Reshape(x, t)');
    stays('float32[N,3]', 'y = Reshape(x, int64[2] [3, -1])');
    stays('float32[0,N]', 's = Shape(x)\ny = Reshape(x, s) { allowzero: 1 }');
  });
});

describe('reshape-of-reshape', () => {
  it('merges chains', () => {
    becomes(
      'float32[2,12]',
      'a = Reshape(x, int64[3] [2, 3, 4])\ny = Reshape(a, int64[2] [6, 4])',
      'y = Reshape(x, int64[2] [6, 4])',
    );
    becomes(
      'float32[N,12]',
      'a = Reshape(x, int64[3] [-1, 3, 4])\ny = Flatten(a) { axis: 2 }',
      'y = Reshape(x, int64[2] [-1, 4])',
    );
    becomes(
      'float32[4,6]',
      'a = Reshape(x, int64[1] [24])\nb = Reshape(a, int64[2] [3, 8])\ny = Unsqueeze(b, int64[1] [0])',
      'y = Reshape(x, int64[3] [1, 3, 8])',
    );
    // The target is computed, and still serves.
    becomes(
      'float32[A,B,4]',
      's = Shape(x)\nt = Gather(s, int64[3] [1, 0, 2])\nf = Reshape(x, int64[1] [-1])\ny = Reshape(f, t)',
      's = Shape(x)\nt = Gather(s, int64[3] [1, 0, 2])\ny = Reshape(x, t)',
    );
  });

  it('keeps the first where it is read elsewhere', () => {
    expectRewrite(
      'input x: float32[2,12]\na = Reshape(x, int64[2] [4, 6])\nb = Reshape(a, int64[2] [6, 4])\noutput a\noutput b',
      'input x: float32[2,12]\na = Reshape(x, int64[2] [4, 6])\nb = Reshape(x, int64[2] [6, 4])\noutput a\noutput b',
      canonicalReshapes,
    );
  });

  it('leaves other neighbours', () => {
    stays('float32[2,12]', 'a = Reshape(x, int64[2] [4, 6])\nb = Abs(a)\ny = Reshape(b, int64[2] [6, 4])');
    stays('float32[2,12]', 'a = Transpose(x)\ny = Reshape(a, int64[2] [6, 4])');
    // The 0 copies a dim of the shape in between.
    stays(
      'float32[A,B,4]',
      's = Shape(x)\nt = Gather(s, int64[3] [1, 0, 2])\na = Reshape(x, t)\ny = Reshape(a, int64[4] [0, 0, 2, 2])',
    );
  });
});

describe('transpose-of-transpose', () => {
  it('merges permutations', () => {
    becomes(
      'float32[A,B,C]',
      'a = Transpose(x) { perm: [1, 2, 0] }\ny = Transpose(a) { perm: [1, 2, 0] }',
      'y = Transpose(x) { perm: [2, 0, 1] }',
    );
    becomes('float32[A,B]', 'a = Transpose(x)\ny = Transpose(a)', 'y = Transpose(x) { perm: [0, 1] }');
    becomes(
      'float32[A,B,C]',
      'a = Transpose(x)\nb = Transpose(a) { perm: [0, 2, 1] }\ny = Transpose(b) { perm: [1, 0, 2] }',
      'y = Transpose(x) { perm: [0, 2, 1] }',
    );
  });

  it('leaves a Transpose alone, and with something between', () => {
    stays('float32[A,B]', 'y = Transpose(x)');
    stays('float32[A,B]', 'a = Transpose(x)\nb = Abs(a)\ny = Transpose(b)');
    stays('float32[A,A]', 'a = Transpose(x)\nb = MatMul(a, a)\ny = Transpose(b)');
  });
});

describe('transpose-of-units', () => {
  it('is a Reshape', () => {
    becomes('float32[N,1,8]', 'y = Transpose(x) { perm: [0, 2, 1] }', 'y = Reshape(x, int64[3] [-1, 8, 1])');
    becomes('float32[2,C,1,1]', 'y = Transpose(x) { perm: [0, 2, 3, 1] }', 'y = Reshape(x, int64[4] [2, 1, 1, -1])');
    becomes('float32[1,3]', 'y = Transpose(x)', 'y = Reshape(x, int64[2] [3, 1])');
  });

  it('is none where elements move', () => {
    stays('float32[N,2,8]', 'y = Transpose(x) { perm: [0, 2, 1] }');
    stays('float32[1,3,4]', 'y = Transpose(x)');
    stays('float32[N,M,1]', 'y = Transpose(x) { perm: [1, 2, 0] }');
    // Two dims that are not the input's own.
    stays('float32[1,N,M,1]', 'y = Transpose(x) { perm: [1, 0, 3, 2] }');
  });
});
