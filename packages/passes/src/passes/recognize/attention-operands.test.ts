import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeAttention } from './attention.ts';

interface Types {
  q?: string;
  k?: string;
  v?: string;
  mask?: string;
}

/** Lines from q, k, v and mask to y. */
function net(lines: string[], types: Types = {}): string {
  const { q = 'float32[B,3,S,8]', k = 'float32[B,3,T,8]', v = 'float32[B,3,T,8]', mask = 'float32[B,1,S,T]' } = types;
  return [`input q: ${q}`, `input k: ${k}`, `input v: ${v}`, `input mask: ${mask}`, ...lines, 'output y'].join('\n');
}
const becomes = (lines: string[], to: string[], types?: Types) =>
  expectRewrite(net(lines, types), net(to, types), recognizeAttention);
const stays = (lines: string[], types?: Types) => expectUnchanged(net(lines, types), recognizeAttention);
const same = (lines: string[], types: Types) =>
  expectSameValues(net(lines, { mask: 'float32[1]', ...types }), recognizeAttention);

const FIXED: Types = { q: 'float32[2,3,4,8]', k: 'float32[2,3,5,8]', v: 'float32[2,3,5,8]', mask: 'float32[2,1,4,5]' };

describe('grouped-heads', () => {
  const grouped = { q: 'float32[B,6,S,8]', k: 'float32[B,3,T,8]', v: 'float32[B,3,T,8]', mask: 'float32[B,6,T,8]' };
  const repeat = (from: string, to: string) => [
    `${to}0 = Unsqueeze(${from}, int64[1] [2])`,
    `${to}1 = Expand(${to}0, int64[5] [1, 1, 2, 1, 1])`,
    `${to}2 = Shape(mask)`,
    `${to} = Reshape(${to}1, ${to}2)`,
  ];
  const rest = ['t = Transpose(rk) { perm: [0, 1, 3, 2] }', 'm = MatMul(q, t)', 'p = Softmax(m)', 'y = MatMul(p, rv)'];

  it('are shared', async () => {
    const lines = [...repeat('k', 'rk'), ...repeat('v', 'rv'), ...rest];
    becomes(lines, ['y = Attention(q, k, v) { scale: 1 }'], grouped);
    const attended = (operands: string, attributes = '') => [
      ...repeat('k', 'rk'),
      ...repeat('v', 'rv'),
      'input bias: float32[B,1,S,T]',
      `y = Attention(q, ${operands})${attributes}`,
    ];
    const bias = 'input bias: float32[B,1,S,T]';
    becomes(attended('rk, rv, bias'), [bias, 'y = Attention(q, k, v, bias)'], grouped);
    becomes(attended('rk, rv', ' { is_causal: 1 }'), [bias, 'y = Attention(q, k, v) { is_causal: 1 }'], grouped);
    await same(lines, {
      q: 'float32[2,6,4,8]',
      k: 'float32[2,3,5,8]',
      v: 'float32[2,3,5,8]',
      mask: 'float32[2,6,5,8]',
    });
  });

  it('are not where they repeat one after another, or keys alone do', () => {
    const tiled = [
      'rk0 = Unsqueeze(k, int64[1] [1])',
      'rk1 = Expand(rk0, int64[5] [1, 2, 1, 1, 1])',
      'rk2 = Shape(mask)',
      'rk = Reshape(rk1, rk2)',
    ];
    const attention = 'y = Attention(q, rk, rv) { scale: 1 }';
    becomes([...tiled, ...repeat('v', 'rv'), ...rest], [...tiled, ...repeat('v', 'rv'), attention], grouped);
    const keys = [...repeat('k', 'rk'), 'rv = Identity(v)'];
    becomes([...keys, ...rest], [...keys, attention], { ...grouped, v: 'float32[B,6,T,8]' });
  });
});

describe('cache', () => {
  const past = ['input pk: float32[B,3,P,8]', 'input pv: float32[B,3,P,8]'];
  const appended = (axis: number) => [`ck = Concat(pk, k) { axis: ${axis} }`, `cv = Concat(pv, v) { axis: ${axis} }`];
  const attend = [
    't = Transpose(ck) { perm: [0, 1, 3, 2] }',
    'm = MatMul(q, t)',
    'p = Softmax(m)',
    'y = MatMul(p, cv)',
  ];

  it('is put together and given on', async () => {
    const lines = [...past, ...appended(2), ...attend];
    becomes(lines, [...past, 'y = Attention(q, k, v, -, pk, pv) { scale: 1 }']);
    becomes(
      [...lines, 'output ck', 'output cv'],
      [...past, 'y, ck, cv = Attention(q, k, v, -, pk, pv) { scale: 1 }', 'output ck', 'output cv'],
    );
    becomes(
      [...lines, 'r = Relu(ck)', 'output r'],
      [...past, 'y, ck = Attention(q, k, v, -, pk, pv) { scale: 1 }', 'r = Relu(ck)', 'output r'],
    );
    const fixed = ['input pk: float32[2,3,2,8]', 'input pv: float32[2,3,2,8]', ...appended(-2), ...attend];
    await same([...fixed, 'output ck', 'output cv'], FIXED);
  });

  it('is not where positions already count, or the mask depends on it', () => {
    const causal = 'y = Attention(q, ck, cv) { is_causal: 1 }';
    stays([...past, ...appended(2), causal]);
    stays([...past, ...appended(2), 'y = Attention(q, ck, cv) { left_window_size: 4 }']);
    stays([
      ...past,
      ...appended(2),
      'b = ReduceMax(ck, int64[1] [3])',
      'c = Transpose(b) { perm: [0, 1, 3, 2] }',
      'y = Attention(q, ck, cv, c)',
    ]);
    stays([...past, 'ck = Concat(pk, k) { axis: 2 }', 'y = Attention(q, ck, mask)'], { mask: 'float32[B,3,P+T,8]' });
  });
});

describe('scaled-operand', () => {
  it('is a part of the scale', async () => {
    becomes(
      ['i = Mul(q, float32[] [0.5])', 'y = Attention(i, k, v) { scale: 0.5 }'],
      ['y = Attention(q, k, v) { scale: 0.25 }'],
    );
    becomes(
      ['i = Div(k, float32[1] [4])', 'y = Attention(q, i, v) { scale: 1 }'],
      ['y = Attention(q, k, v) { scale: 0.25 }'],
    );
    becomes(
      ['i = Mul(float32[] [2], q)', 'y = Attention(i, k, v)'],
      [`y = Attention(q, k, v) { scale: ${2 / Math.sqrt(8)} }`],
    );
    await same(['i = Mul(float32[] [2], q)', 'y = Attention(i, k, v)'], FIXED);
  });

  it('is not where it is read elsewhere, given on, or different for each feature', () => {
    stays(['i = Mul(q, float32[] [0.5])', 'y = Attention(i, k, v)', 'output i']);
    stays(['i = Mul(k, float32[] [0.5])', 'y, z = Attention(q, i, v)', 'output z']);
    stays(['i = Mul(q, float32[8] [1,2,3,4,5,6,7,8])', 'y = Attention(i, k, v)']);
    stays(['i = Div(float32[] [0.5], q)', 'y = Attention(i, k, v)']);
  });
});

describe('packed-heads', () => {
  const packed = { q: 'float32[B,S,24]', k: 'float32[B,T,24]', v: 'float32[B,T,48]' };
  const apart = (name: string, size: number) => [
    `${name}0 = Reshape(${name}, int64[4] [0, 0, 3, ${size}])`,
    `${name}1 = Transpose(${name}0) { perm: [0, 2, 1, 3] }`,
  ];
  const moved = [...apart('q', 8), ...apart('k', 8), ...apart('v', 16)];

  it('stay where they are', async () => {
    const lines = [
      ...moved,
      'a = Attention(q1, k1, v1)',
      'b = Transpose(a) { perm: [0, 2, 1, 3] }',
      'y = Reshape(b, int64[3] [0, 0, 48])',
    ];
    becomes(
      lines,
      [
        ...['q', 'k', 'v'].flatMap((name) => [
          `${name}0 = Reshape(${name}, int64[4] [0, 0, 3, ${name === 'v' ? 16 : 8}])`,
          `${name}2 = Reshape(${name}0, int64[3] [0, 0, ${name === 'v' ? 48 : 24}])`,
        ]),
        'a = Attention(q2, k2, v2) { q_num_heads: 3, kv_num_heads: 3 }',
        'b = Reshape(a, int64[4] [0, 0, 3, 16])',
        'y = Reshape(b, int64[3] [0, 0, 48])',
      ],
      packed,
    );
    const flat = ['q', 'k', 'v'].flatMap((name) => [
      `${name}0 = Reshape(${name}, int64[4] [0, 0, 3, ${name === 'v' ? 16 : 8}])`,
      `${name}2 = Reshape(${name}0, int64[3] [0, 0, ${name === 'v' ? 48 : 24}])`,
    ]);
    const back = 'y = Transpose(a) { perm: [0, 2, 1, 3] }';
    const heads = 'q_num_heads: 3, kv_num_heads: 3';
    becomes(
      [...moved, 'a = Attention(q1, k1, v1, mask) { scale: 0.5 }', back],
      [...flat, `a = Attention(q2, k2, v2, mask) { scale: 0.5, ${heads} }`, 'y = Reshape(a, int64[4] [0, 0, 3, 16])'],
      packed,
    );
    const past = ['input pk: float32[B,3,P,8]', 'input pv: float32[B,3,P,16]'];
    const given = ['output ck', 'output cv'];
    becomes(
      [...past, ...moved, 'a, ck, cv = Attention(q1, k1, v1, -, pk, pv)', back, ...given],
      [
        ...past,
        ...flat,
        `a, ck, cv = Attention(q2, k2, v2, -, pk, pv) { ${heads} }`,
        'y = Reshape(a, int64[4] [0, 0, 3, 16])',
        ...given,
      ],
      packed,
    );
    await same(lines, { q: 'float32[2,4,24]', k: 'float32[2,5,24]', v: 'float32[2,5,48]' });
  });

  it('stay where they are with keys of earlier steps in front of theirs', async () => {
    const more = ['input pk: float32[2,3,2,8]', 'input pv: float32[2,3,2,16]', ...moved];
    const attend = 'a, ck, cv = Attention(q1, k1, v1, -, pk, pv)';
    const lines = [...more, attend, 'y = Transpose(a) { perm: [0, 2, 1, 3] }', 'output ck', 'output cv'];
    await same(lines, { q: 'float32[2,4,24]', k: 'float32[2,5,24]', v: 'float32[2,5,48]' });
  });

  it('are moved where that is not all', () => {
    const attend = 'a = Attention(q1, k1, v1)';
    stays([...moved, attend, 'y = Relu(a)'], packed);
    stays([...moved, attend, 'y = Transpose(a) { perm: [0, 2, 3, 1] }'], packed);
    stays([...moved, attend, 'y = Transpose(a) { perm: [0, 2, 1, 3] }', 'output a'], packed);
    stays([...apart('q', 8), ...apart('k', 8), 'a = Attention(q1, k1, v)', 'y = Transpose(a) { perm: [0, 2, 1, 3] }'], {
      ...packed,
      v: 'float32[B,3,T,16]',
    });
  });
});
