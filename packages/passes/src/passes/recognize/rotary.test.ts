import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeRotary } from './rotary.ts';

interface Types {
  x?: string;
  angles?: string;
}

/** Lines from x and angles, one for each pair, to y. */
function net(lines: string[], { x = 'float32[2,3,S,8]', angles = 'float32[2,S,4]' }: Types = {}): string {
  return [`input x: ${x}`, `input angles: ${angles}`, ...lines, 'output y'].join('\n');
}
const becomes = (lines: string[], to: string[], types?: Types) =>
  expectRewrite(net(lines, types), net(to, types), recognizeRotary);
const stays = (lines: string[], types?: Types) => expectUnchanged(net(lines, types), recognizeRotary);
const same = (lines: string[], types: Types) => expectSameValues(net(lines, types), recognizeRotary);

/** The cosines and sines of what `double` makes of the angles, with an axis for the heads. */
const angles = (double: string[], axis = 1) => [
  ...double,
  'c0 = Cos(d)',
  's0 = Sin(d)',
  `cos = Unsqueeze(c0, int64[1] [${axis}])`,
  `sin = Unsqueeze(s0, int64[1] [${axis}])`,
];
const TWICE = ['d = Concat(angles, angles) { axis: -1 }'];
const slice = (name: string, start: number, end: number, axis = -1, step = 1) =>
  `${name} = Slice(x, int64[1] [${start}], int64[1] [${end}], int64[1] [${axis}], int64[1] [${step}])`;
const HALVES = [slice('a', 0, 4), slice('b', 4, 2147483647)];
const TURN = ['n = Neg(b)', 'r = Concat(n, a) { axis: -1 }'];
const SUM = ['i = Mul(x, cos)', 'j = Mul(r, sin)', 'y = Add(i, j)'];
describe('halves', () => {
  const lines = [...angles(TWICE), ...HALVES, ...TURN, ...SUM];
  /** The cosines and sines that are left, as [batch, positions, pairs]. */
  const caches = (angle: string) => [
    'c = Cos(angles)',
    `cos = Reshape(c, int64[3] [0, ${angle}, 4])`,
    's = Sin(angles)',
    `sin = Reshape(s, int64[3] [0, ${angle}, 4])`,
  ];

  it('are pairs', async () => {
    becomes(lines, [...caches('-1').map((line) => line.replace('[0,', '[2,')), 'y = RotaryEmbedding(x, cos, sin)']);
    await same(lines, { x: 'float32[2,3,5,8]', angles: 'float32[2,5,4]' });
    const split = ['a, b = Split(x) { axis: -1, num_outputs: 2 }'];
    const found = [...caches('-1').map((line) => line.replace('[0,', '[2,')), 'y = RotaryEmbedding(x, cos, sin)'];
    becomes([...angles(TWICE), ...split, ...TURN, ...SUM], found);
    becomes([...angles(TWICE), ...HALVES, ...TURN, 'i = Mul(cos, x)', 'j = Mul(sin, r)', 'y = Add(j, i)'], found);
    await same([...angles(TWICE), ...split, ...TURN, ...SUM], { x: 'float32[2,3,5,8]', angles: 'float32[2,5,4]' });
    await same([...angles(TWICE), ...HALVES, ...TURN, 'i = Mul(cos, x)', 'j = Mul(sin, r)', 'y = Add(j, i)'], {
      x: 'float32[2,3,5,8]',
      angles: 'float32[2,5,4]',
    });
  });

  it('have the same angles in each batch', async () => {
    await same(lines, { x: 'float32[3,2,5,8]', angles: 'float32[1,5,4]' });
    const flat = [
      'e = Concat(angles, angles) { axis: -1 }',
      'cos = Cos(e)',
      'sin = Sin(e)',
      ...HALVES,
      ...TURN,
      ...SUM,
    ];
    await same(flat, { x: 'float32[3,2,5,8]', angles: 'float32[5,4]' });
  });

  it('are of heads behind the positions, or of one head', async () => {
    await same([...angles(TWICE, 2), ...HALVES, ...TURN, ...SUM], { x: 'float32[2,5,3,8]', angles: 'float32[2,5,4]' });
    const flat = [
      'e = Concat(angles, angles) { axis: -1 }',
      'cos = Cos(e)',
      'sin = Sin(e)',
      ...HALVES,
      ...TURN,
      ...SUM,
    ];
    await same(flat, { x: 'float32[2,5,8]', angles: 'float32[2,5,4]' });
  });

  it('read tables by position, slices of them, and constants', async () => {
    const table =
      'float32[6,8] [0,1,2,3,0,1,2,3, 4,5,6,7,4,5,6,7, 1,1,2,2,1,1,2,2, 0,1,0,1,0,1,0,1, 3,2,1,0,3,2,1,0, 1,2,3,4,1,2,3,4]';
    const rest = [
      'cos = Unsqueeze(c0, int64[1] [1])',
      'sin = Unsqueeze(s0, int64[1] [1])',
      ...HALVES,
      ...TURN,
      ...SUM,
      'u = Relu(angles)',
      'output u',
    ];
    const fixed = { x: 'float32[2,3,5,8]', angles: 'float32[1]' };
    const ids = 'int64[2,5] [0,1,2,3,4, 5,4,3,2,1]';
    await same([`c0 = Gather(${table}, ${ids})`, `s0 = Gather(${table}, ${ids})`, ...rest], fixed);
    const rows = 'int64[1] [1], int64[1] [6], int64[1] [0]';
    await same(
      [
        `c0 = Slice(${table}, ${rows})`,
        `s1 = Slice(${table}, ${rows})`,
        's0 = Mul(s1, float32[] [2])',
        ...rest.map((line) =>
          line
            .replace('Unsqueeze(c0, int64[1] [1])', 'Unsqueeze(c0, int64[2] [0, 1])')
            .replace('Unsqueeze(s0, int64[1] [1])', 'Unsqueeze(s0, int64[2] [0, 1])'),
        ),
      ],
      { ...fixed, x: 'float32[1,3,5,8]' },
    );
  });

  it('are not pairs of other features', () => {
    stays([
      ...angles(TWICE),
      slice('a', 0, 4),
      slice('b', 4, 8),
      'n = Neg(a)',
      'r = Concat(n, b) { axis: -1 }',
      ...SUM,
    ]);
    stays([
      ...angles(TWICE),
      slice('a', 0, 4),
      slice('b', 4, 8),
      'n = Neg(b)',
      'r = Concat(a, n) { axis: -1 }',
      ...SUM,
    ]);
    stays([...angles(TWICE), slice('a', 0, 3), slice('b', 3, 8), ...TURN, ...SUM]);
    stays([...angles(TWICE), ...HALVES, ...TURN, 'i = Mul(x, cos)', 'j = Mul(r, sin)', 'y = Sub(i, j)']);
    stays([...angles(TWICE), ...HALVES, ...TURN, ...SUM, 'output r']);
  });

  it('have one angle for both', () => {
    const other = ['e = Neg(angles)', 'd = Concat(angles, e) { axis: -1 }'];
    stays([...angles(other), ...HALVES, ...TURN, ...SUM]);
    stays([...HALVES, ...TURN, 'i = Mul(x, x)', 'j = Mul(r, x)', 'y = Add(i, j)']);
    // Angles of each head, heads that only the run tells, and a type that RotaryEmbedding does not take.
    const wide = ['d0 = Concat(angles, angles) { axis: -1 }', 'cos = Cos(d0)', 'sin = Sin(d0)'];
    stays([...wide, ...HALVES, ...TURN, ...SUM], { angles: 'float32[2,3,S,4]' });
    stays([...angles(TWICE), ...HALVES, ...TURN, ...SUM], { x: 'float64[2,3,S,8]', angles: 'float64[2,S,4]' });
  });
});

describe('halves-apart', () => {
  const products = (first: string, second: string) => [
    'cos0 = Cos(angles)',
    'sin0 = Sin(angles)',
    'cos = Unsqueeze(cos0, int64[1] [1])',
    'sin = Unsqueeze(sin0, int64[1] [1])',
    ...HALVES,
    'ac = Mul(a, cos)',
    'bs = Mul(b, sin)',
    'bc = Mul(b, cos)',
    'sa = Mul(a, sin)',
    `p = ${first}`,
    `q = ${second}`,
    'y = Concat(p, q) { axis: -1 }',
  ];

  it('are pairs', async () => {
    const fixed = { x: 'float32[2,3,5,8]', angles: 'float32[2,5,4]' };
    const tables = (positions: number) => [
      ...products('', '').slice(0, 4),
      `c = Reshape(cos, int64[3] [2, ${positions}, 4])`,
      `s = Reshape(sin, int64[3] [2, ${positions}, 4])`,
      'y = RotaryEmbedding(x, c, s)',
    ];
    becomes(products('Sub(ac, bs)', 'Add(bc, sa)'), tables(-1));
    becomes(products('Sub(ac, bs)', 'Add(sa, bc)'), tables(-1));
    becomes(products('Sub(ac, bs)', 'Add(sa, bc)'), tables(5), fixed);
    await same(products('Sub(ac, bs)', 'Add(bc, sa)'), fixed);
    await same(products('Sub(ac, bs)', 'Add(sa, bc)'), fixed);
    await same(products('Sub(ac, bs)', 'Add(sa, bc)'), { ...fixed, x: 'float32[2,3,5,8]', angles: 'float32[1,5,4]' });
  });

  it('are none with other signs', () => {
    stays(products('Add(ac, bs)', 'Add(bc, sa)'));
    stays(products('Sub(ac, bs)', 'Sub(bc, sa)'));
    stays(products('Sub(bs, ac)', 'Add(bc, sa)'));
  });
});

describe('neighbours', () => {
  const double = [
    'e = Unsqueeze(angles, int64[1] [-1])',
    'f = Concat(e, e) { axis: -1 }',
    'd = Reshape(f, int64[3] [2, 5, 8])',
  ];
  const pairs = [slice('a', 0, 8, 3, 2), slice('b', 1, 8, -1, 2)];
  const turn = [
    'n = Neg(b)',
    'n1 = Unsqueeze(n, int64[1] [-1])',
    'a1 = Unsqueeze(a, int64[1] [4])',
    'st = Concat(n1, a1) { axis: -1 }',
    'r = Reshape(st, int64[4] [2, 3, 5, 8])',
  ];
  const fixed = { x: 'float32[2,3,5,8]', angles: 'float32[2,5,4]' };

  it('are pairs', async () => {
    await same([...angles(double), ...pairs, ...turn, ...SUM], fixed);
    const expanded = [
      'e = Unsqueeze(angles, int64[1] [-1])',
      'f = Expand(e, int64[4] [1, 1, 1, 2])',
      'd = Reshape(f, int64[3] [2, 5, 8])',
    ];
    const found = [
      'c = Cos(angles)',
      'cos = Reshape(c, int64[3] [2, 5, 4])',
      's = Sin(angles)',
      'sin = Reshape(s, int64[3] [2, 5, 4])',
      'y = RotaryEmbedding(x, cos, sin) { interleaved: 1 }',
    ];
    becomes([...angles(double), ...pairs, ...turn, ...SUM], found, fixed);
    becomes([...angles(expanded), ...pairs, ...turn, ...SUM], found, fixed);
    const swapped = ['i = Mul(cos, x)', 'j = Mul(sin, r)', 'y = Add(j, i)'];
    becomes([...angles(double), ...pairs, ...turn, ...swapped], found, fixed);
    await same([...angles(expanded), ...pairs, ...turn, ...SUM], fixed);
    await same(
      [
        'cos = Unsqueeze(float32[5,8] [1,1,2,2,3,3,4,4, 0,0,2,2,3,3,4,4, 1,1,2,2,3,3,4,4, 5,5,2,2,3,3,4,4, 6,6,2,2,3,3,4,4], int64[2] [0, 1])',
        'sin = Unsqueeze(float32[5,8] [4,4,3,3,2,2,1,1, 4,4,3,3,2,2,1,1, 4,4,3,3,2,2,1,1, 4,4,3,3,2,2,1,1, 4,4,3,3,2,2,1,1], int64[2] [0, 1])',
        ...pairs,
        ...turn,
        ...SUM,
        'u = Relu(angles)',
        'output u',
      ],
      { ...fixed, x: 'float32[2,3,5,8]' },
    );
  });

  it('are no halves', () => {
    stays([...angles(TWICE), ...pairs, ...turn, ...SUM], fixed);
    stays([...angles(double), ...HALVES, ...TURN, ...SUM], fixed);
    stays([...angles(double), slice('a', 1, 8, -1, 2), slice('b', 0, 8, -1, 2), ...turn, ...SUM], fixed);
  });
});

describe('packed-heads', () => {
  const move = 'm = Transpose(x) { perm: [0, 2, 1, 3] }';
  const rotated = 'r = RotaryEmbedding(m, angles, angles)';

  it('are turned where they are', async () => {
    const types = { x: 'float32[2,S,3,8]' };
    const turned = (attributes: string) => [
      'p = Reshape(x, int64[3] [0, 0, 24])',
      `r = RotaryEmbedding(p, angles, angles) { num_heads: 3${attributes} }`,
      'a = Reshape(r, int64[4] [0, 0, 3, 8])',
      'y = Transpose(a) { perm: [0, 2, 1, 3] }',
    ];
    becomes([move, 'y = RotaryEmbedding(m, angles, angles)'], turned(''), types);
    becomes([move, 'y = RotaryEmbedding(m, angles, angles) { interleaved: 1 }'], turned(', interleaved: 1'), types);
    const first = ' { rotary_embedding_dim: 4 }';
    becomes([move, `y = RotaryEmbedding(m, angles, angles)${first}`], turned(', rotary_embedding_dim: 4'), {
      ...types,
      angles: 'float32[2,S,2]',
    });
    const fixed = { x: 'float32[2,5,3,8]', angles: 'float32[2,5,2]' };
    await same([move, 'y = RotaryEmbedding(m, angles, angles) { rotary_embedding_dim: 4 }'], fixed);
    await same([move, 'y = RotaryEmbedding(m, angles, angles) { interleaved: 1 }'], {
      ...fixed,
      angles: 'float32[2,5,4]',
    });
  });

  it('are turned where they are of one position', async () => {
    const one = { x: 'float32[B,1,24]', angles: 'float32[B,1,4]' };
    const lines = ['m = Reshape(x, int64[4] [0, 3, 1, 8])', 'y = RotaryEmbedding(m, angles, angles)'];
    becomes(
      lines,
      [
        'm = Reshape(x, int64[4] [0, 3, 1, 8])',
        'p = Reshape(m, int64[3] [0, 1, 24])',
        'r = RotaryEmbedding(p, angles, angles) { num_heads: 3 }',
        'y = Reshape(r, int64[4] [0, 3, 1, 8])',
      ],
      one,
    );
    await same(lines, { x: 'float32[2,1,24]', angles: 'float32[2,1,4]' });
    stays(['m = Reshape(x, int64[4] [0, 3, -1, 8])', 'y = RotaryEmbedding(m, angles, angles)'], {
      x: 'float32[2,3,16]',
      angles: 'float32[2,2,4]',
    });
  });

  it('are not where they are read as they lie, or moved otherwise', () => {
    const types = { x: 'float32[2,S,3,8]' };
    stays([move, rotated, 'y = Add(r, m)'], types);
    stays([move, 'y = RotaryEmbedding(m, angles, angles)', 'output m'], types);
    stays(['m = Transpose(x) { perm: [0, 1, 2, 3] }', 'y = RotaryEmbedding(m, angles, angles)'], {
      x: 'float32[2,3,S,8]',
    });
  });
});

describe('first-features', () => {
  const parts = (start: number) => [
    'a = Slice(x, int64[1] [0], int64[1] [4], int64[1] [3])',
    `b = Slice(x, int64[1] [${start}], int64[1] [8], int64[1] [3])`,
    'r = RotaryEmbedding(a, angles, angles)',
  ];

  it('are turned', async () => {
    const types = { angles: 'float32[2,S,2]' };
    becomes(
      [...parts(4), 'y = Concat(r, b) { axis: -1 }'],
      ['y = RotaryEmbedding(x, angles, angles) { rotary_embedding_dim: 4 }'],
      types,
    );
    becomes(
      [
        ...parts(4).with(2, 'r = RotaryEmbedding(a, angles, angles) { interleaved: 1 }'),
        'y = Concat(r, b) { axis: 3 }',
      ],
      ['y = RotaryEmbedding(x, angles, angles) { interleaved: 1, rotary_embedding_dim: 4 }'],
      types,
    );
    await same([...parts(4), 'y = Concat(r, b) { axis: 3 }'], { x: 'float32[2,3,5,8]', angles: 'float32[2,5,2]' });
    const split = ['a, b = Split(x, int64[2] [4, 4]) { axis: 3 }', 'r = RotaryEmbedding(a, angles, angles)'];
    becomes(
      [...split, 'y = Concat(r, b) { axis: 3 }'],
      ['y = RotaryEmbedding(x, angles, angles) { rotary_embedding_dim: 4 }'],
      types,
    );
    await same([...split, 'y = Concat(r, b) { axis: 3 }'], { x: 'float32[2,3,5,8]', angles: 'float32[2,5,2]' });
  });

  it('are the first ones, and all others stay', () => {
    const types = { angles: 'float32[2,S,2]' };
    stays([...parts(4), 'y = Concat(b, r) { axis: -1 }'], types);
    stays([...parts(5), 'y = Concat(r, b) { axis: -1 }'], types);
    stays([...parts(4), 'y = Concat(r, b) { axis: 2 }'], types);
    stays([...parts(4), 'y = Concat(r, b) { axis: -1 }', 'output r'], types);
  });
});
