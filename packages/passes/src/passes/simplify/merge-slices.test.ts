import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { mergeSlices } from './merge-slices.ts';

const net = (text: string, type = 'float32[N,8,6]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), mergeSlices);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), mergeSlices);
const slice = (x: string, axis: number, start: number, end: number, step = 1) =>
  `Slice(${x}, int64[1] [${start}], int64[1] [${end}], int64[1] [${axis}], int64[1] [${step}])`;
const END = '9223372036854775807';

describe('slice-of-slice', () => {
  it('merges ranges', () => {
    becomes(
      `a = ${slice('x', 1, 1, 7)}\ny = ${slice('a', 1, 2, 4)}`,
      'y = Slice(x, int64[1] [3], int64[1] [5], int64[1] [1])',
    );
    becomes(
      `a = ${slice('x', 1, 1, 8, 2)}\ny = ${slice('a', 2, -2, 6)}`,
      'y = Slice(x, int64[2] [1, 4], int64[2] [8, 6], int64[2] [1, 2], int64[2] [2, 1])',
    );
    becomes(
      `a = ${slice('x', 1, 0, 8, 2)}\ny = ${slice('a', 1, 1, 4, 2)}`,
      'y = Slice(x, int64[1] [2], int64[1] [8], int64[1] [1], int64[1] [4])',
    );
  });

  it('leaves others', () => {
    stays(`a = ${slice('x', 1, 1, 7)}\ny = ${slice('a', 1, 2, 4)}\noutput a`);
    stays(`a = ${slice('x', 1, 1, 7)}\ny = ${slice('a', 1, 2, 4)}\nb = Abs(a)\noutput b`);
    stays(`a = ${slice('x', 0, 1, 7)}\ny = ${slice('a', 0, -2, 4)}`);
    // How long a symbolic axis is in between cannot be said in the same terms.
    stays(`a = Slice(x, int64[1] [2], int64[1] [${END}])\ny = Slice(a, int64[1] [3], int64[1] [${END}])`);
    stays(`a = ${slice('x', 1, -1, -9, -1)}\ny = ${slice('a', 1, 2, 4)}`);
  });
});

describe('gather-of-gather', () => {
  const inputs = 'input p: int64[K]\ninput q: int64[A,B]\n';
  it('picks positions first', () => {
    becomes(
      `${inputs}a = Gather(x, q) { axis: 1 }\ny = Gather(a, p) { axis: 2 }`,
      `${inputs}a = Gather(q, p) { axis: 1 }\ny = Gather(x, a) { axis: 1 }`,
    );
    becomes(
      `${inputs}i = Unsqueeze(p, int64[1] [1])\na = GatherND(x, i)\ny = Gather(a, int64[] [-1])`,
      `${inputs}i = Unsqueeze(p, int64[1] [1])\na = Gather(i, int64[] [-1]) { axis: 0 }\ny = GatherND(x, a)`,
    );
  });

  it('leaves other axes, and what others read', () => {
    stays(`${inputs}a = Gather(x, q) { axis: 1 }\ny = Gather(a, p)`);
    stays(`${inputs}a = Gather(x, q) { axis: 1 }\ny = Gather(a, p) { axis: 3 }`);
    stays(`${inputs}a = Gather(x, q) { axis: 1 }\ny = Gather(a, p) { axis: 2 }\noutput a`);
    stays(`${inputs}i = Unsqueeze(q, int64[1] [2])\na = GatherND(x, i) { batch_dims: 1 }\ny = Gather(a, p)`);
  });
});

describe('slice-of-concat', () => {
  const concat = 'a = Abs(x)\nb = Neg(x)\nc = Concat(a, b) { axis: 1 }\n';
  it('reads one part', () => {
    becomes(`${concat}y = ${slice('c', 1, 0, 8)}`, 'y = Abs(x)');
    becomes(`${concat}y = ${slice('c', 1, -8, 16)}`, 'y = Neg(x)');
    becomes(
      `${concat}y = ${slice('c', 1, 9, 12)}`,
      'b = Neg(x)\ny = Slice(b, int64[1] [1], int64[1] [4], int64[1] [1])',
    );
    becomes(
      `${concat}y = ${slice('c', 1, 0, 8, 2)}`,
      'a = Abs(x)\ny = Slice(a, int64[1] [0], int64[1] [8], int64[1] [1], int64[1] [2])',
    );
  });

  it('leaves what lies in two, along another axis, or behind a symbolic size', () => {
    stays(`${concat}y = ${slice('c', 1, 6, 12)}`);
    stays(`${concat}y = ${slice('c', 2, 0, 3)}`);
    stays(`a = Abs(x)\nb = Neg(x)\nc = Concat(a, b) { axis: 0 }\ny = ${slice('c', 0, 0, 3)}`);
  });
});

describe('concat-of-concat', () => {
  it('merges along one axis', () => {
    becomes('a = Concat(x, x) { axis: 1 }\ny = Concat(a, x) { axis: 1 }', 'y = Concat(x, x, x) { axis: 1 }');
    becomes('a = Concat(x, x) { axis: 1 }\ny = Concat(x, a) { axis: -2 }', 'y = Concat(x, x, x) { axis: 1 }');
    becomes('a = Concat(x, x) { axis: 0 }\ny = Concat(x, a, x) { axis: 0 }', 'y = Concat(x, x, x, x) { axis: 0 }');
  });

  it('leaves others', () => {
    stays('a = Concat(x, x) { axis: 1 }\ny = Concat(a, a) { axis: 2 }');
    stays('a = Concat(x, x) { axis: 0 }\ny = Concat(a, a) { axis: 0 }');
    stays('a = Concat(x, x) { axis: 1 }\ny = Concat(a, x) { axis: 1 }\noutput a');
    stays('a = Concat(x, x) { axis: 1 }\nb = Abs(a)\ny = Concat(a, b) { axis: 1 }');
  });
});

describe('empty-part', () => {
  it('leaves out parts without elements', () => {
    becomes('y = Concat(x, float32[2,0,6] [], x) { axis: 1 }', 'y = Concat(x, x) { axis: 1 }', 'float32[2,8,6]');
    becomes('y = Concat(float32[0] [], x) { axis: 0 }', 'y = Concat(x) { axis: 0 }', 'float32[N]');
    becomes(
      'y = Concat(x, float32[2,0] [], float32[2,0] []) { axis: -1 }',
      'y = Concat(x) { axis: 1 }',
      'float32[2,3]',
    );
  });

  it('keeps others', () => {
    stays('y = Concat(x, float32[1] [1]) { axis: 0 }', 'float32[N]');
    stays('y = Concat(float32[0,2] [], float32[0,2] []) { axis: 0 }\nz = Abs(x)\noutput z');
    stays('y = Concat(x, x) { axis: 1 }', 'float32[2,3,0]');
  });
});

describe('parts-of-one', () => {
  it('gives what was taken apart', () => {
    becomes('a, b = Split(x, int64[2] [3, 5]) { axis: 1 }\nc = Concat(a, b) { axis: 1 }\ny = Abs(c)', 'y = Abs(x)');
    becomes(
      `a = ${slice('x', 1, 0, 3)}\nb = ${slice('x', 1, 3, 8)}\nc = Concat(a, b) { axis: 1 }\ny = Abs(c)`,
      'y = Abs(x)',
    );
    becomes(
      `a = ${slice('x', 0, 0, 3)}\nb = Slice(x, int64[1] [3], int64[1] [${END}])\nc = Concat(a, b) { axis: 0 }\ny = Abs(c)`,
      'y = Abs(x)',
      'float32[5,2]',
    );
    becomes(
      'a, b, c = Split(x) { axis: -1, num_outputs: 3 }\nd = Concat(a, b, c) { axis: 2 }\ny = Abs(d)',
      'y = Abs(x)',
    );
  });

  it('leaves other parts and other orders', () => {
    stays('a, b = Split(x, int64[2] [3, 5]) { axis: 1 }\ny = Concat(b, a) { axis: 1 }');
    stays('a, b, c = Split(x) { axis: -1, num_outputs: 3 }\nd = Concat(a, b) { axis: 2 }\ny = Abs(d)\noutput c');
    stays('a, b = Split(x, int64[2] [4, 4]) { axis: 1 }\ny = Concat(a, b) { axis: 2 }');
    stays(`a = ${slice('x', 1, 0, 3)}\nb = ${slice('x', 1, 4, 8)}\ny = Concat(a, b) { axis: 1 }`);
    stays(`a = ${slice('x', 1, 0, 3)}\nb = ${slice('x', 1, 3, 8, 2)}\ny = Concat(a, b) { axis: 1 }`);
  });
});

describe('split-of-concat', () => {
  it('gives the parts', () => {
    becomes(
      'a = Abs(x)\nb = Neg(x)\nc = Concat(a, b) { axis: 1 }\nd, e = Split(c) { axis: 1, num_outputs: 2 }\ny = Sub(d, e)',
      'a = Abs(x)\nb = Neg(x)\ny = Sub(a, b)',
    );
    becomes(
      'a = Concat(x, float32[3] [1, 2, 3]) { axis: 0 }\nb, c = Split(a, int64[2] [5, 3])\ny = Abs(b)',
      'y = Abs(x)',
      'float32[5]',
    );
    becomes('a = Concat(x, x) { axis: 0 }\nb, c = Split(a) { num_outputs: 2 }\ny = Sub(b, c)', 'y = Sub(x, x)');
  });

  it('leaves other cuts', () => {
    stays(
      'c = Concat(x, x) { axis: 1 }\nd, e = Split(c, int64[2] [7, 9]) { axis: 1 }\ny = Neg(d)\nz = Neg(e)\noutput z',
    );
    stays('c = Concat(x, x) { axis: 1 }\nd, e = Split(c) { axis: 2, num_outputs: 2 }\ny = Sub(d, e)');
    stays('c = Concat(x, x) { axis: 1 }\nd, e, f, g = Split(c) { axis: 1, num_outputs: 4 }\ny = Sum(d, e, f, g)');
  });
});
