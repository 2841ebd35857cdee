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
const TRANSPOSED = 't = Transpose(k) { perm: [0, 1, 3, 2] }';
const PRODUCT = [TRANSPOSED, 's = MatMul(q, t)'];
const HALF = 'm = Mul(s, float32[] [0.5])';
const REST = ['p = Softmax(m)', 'y = MatMul(p, v)'];
const WHOLE = [...PRODUCT, HALF, ...REST];

describe('written-out', () => {
  it('has its scale on either side of the product', async () => {
    const attention = ['y = Attention(q, k, v) { scale: 0.5 }'];
    becomes(WHOLE, attention);
    becomes([...PRODUCT, 'm = Div(s, float32[1] [2])', ...REST], attention);
    becomes(['i = Mul(q, float32[] [0.5])', TRANSPOSED, 'm = MatMul(i, t)', ...REST], attention);
    becomes([TRANSPOSED, 'i = Div(t, float32[] [2])', 'm = MatMul(q, i)', ...REST], attention);
    // The root of the scale on both sides.
    const roots = [
      'i = Mul(q, float32[] [0.5])',
      TRANSPOSED,
      'j = Mul(t, float32[] [0.5])',
      'm = MatMul(i, j)',
      ...REST,
    ];
    becomes(roots, ['y = Attention(q, k, v) { scale: 0.25 }']);
    becomes([TRANSPOSED, 'm = MatMul(q, t)', ...REST], ['y = Attention(q, k, v) { scale: 1 }']);
    await same(WHOLE, FIXED);
    await same(roots, FIXED);
  });

  it('takes keys that are transposed already, and those that are moved on the way', async () => {
    const given = { k: 'float32[B,3,8,T]' };
    becomes(
      ['m = MatMul(q, k)', ...REST],
      ['u = Transpose(k) { perm: [0, 1, 3, 2] }', 'y = Attention(q, u, v) { scale: 1 }'],
      given,
    );
    becomes(
      ['t = Transpose(k) { perm: [0, 2, 3, 1] }', 'm = MatMul(q, t)', ...REST],
      ['u = Transpose(k) { perm: [0, 2, 1, 3] }', 'y = Attention(q, u, v) { scale: 1 }'],
      { k: 'float32[B,T,3,8]' },
    );
    const merged = [
      'a = Reshape(k, int64[3] [-1, 5, 8])',
      'b = Transpose(a) { perm: [0, 2, 1] }',
      't = Reshape(b, int64[4] [2, 3, 8, 5])',
      'm = MatMul(q, t)',
      ...REST,
    ];
    becomes(merged, ['y = Attention(q, k, v) { scale: 1 }'], FIXED);
    await same(merged, FIXED);
  });

  it('takes tensors without axes for batch or heads', async () => {
    const flat = { q: 'float32[N,S,8]', k: 'float32[N,T,8]', v: 'float32[N,T,16]', mask: 'float32[S,T]' };
    const lines = ['t = Transpose(k) { perm: [0, 2, 1] }', 's = MatMul(q, t)', 'm = Add(s, mask)', ...REST];
    becomes(lines, ['y = Attention(q, k, v, mask) { scale: 1, q_num_heads: 1, kv_num_heads: 1 }'], flat);
    await same(lines, { q: 'float32[3,4,8]', k: 'float32[3,5,8]', v: 'float32[3,5,16]', mask: 'float32[4,5]' });
    await same(lines, { q: 'float32[3,4,8]', k: 'float32[3,5,8]', v: 'float32[3,5,16]', mask: 'float32[3,4,5]' });
    const plain = ['t = Transpose(k)', 's = MatMul(q, t)', 'm = Add(s, mask)', ...REST];
    await same(plain, { q: 'float32[4,8]', k: 'float32[5,8]', v: 'float32[5,6]', mask: 'float32[4,5]' });
  });

  it('has one head of keys and values for all of the queries where they broadcast', async () => {
    const shared = { ...FIXED, k: 'float32[2,1,5,8]', v: 'float32[2,1,5,8]' };
    becomes(WHOLE, ['y = Attention(q, k, v) { scale: 0.5 }'], shared);
    await same(WHOLE, shared);
  });

  it('computes its softmax in another type, and limits its scores', async () => {
    const half = { q: 'float16[B,3,S,8]', k: 'float16[B,3,T,8]', v: 'float16[B,3,T,8]' };
    becomes(
      [
        ...PRODUCT,
        'w = Cast(s) { to: "float32" }',
        'm = Softmax(w) { axis: 3 }',
        'p = Cast(m) { to: "float16" }',
        'y = MatMul(p, v)',
      ],
      ['y = Attention(q, k, v) { scale: 1, softmax_precision: 1 }'],
      half,
    );
    const limited = [...PRODUCT, 'i = Div(s, float32[] [50])', 'j = Tanh(i)', 'm = Mul(j, float32[] [50])', ...REST];
    becomes(limited, ['y = Attention(q, k, v) { scale: 1, softcap: 50 }']);
    await same(limited, FIXED);
  });

  it('guards against NaN for queries that see nothing', () => {
    const guard = ['n = IsNaN(p)', 'z = Where(n, float32[] [0], p)', 'y = MatMul(z, v)'];
    becomes([...PRODUCT, HALF, 'p = Softmax(m)', ...guard], ['y = Attention(q, k, v) { scale: 0.5 }']);
    becomes(
      [
        ...PRODUCT,
        HALF,
        'p = Softmax(m)',
        'n = IsNaN(p)',
        'o = Not(n)',
        'z = Where(o, p, float32[] [0])',
        'y = MatMul(z, v)',
      ],
      ['y = Attention(q, k, v) { scale: 0.5 }'],
    );
  });

  it('is not found in what is computed otherwise or read elsewhere', () => {
    stays([...PRODUCT, HALF, 'p = Softmax(m) { axis: 2 }', 'y = MatMul(p, v)'], { v: 'float32[B,3,T,4]' });
    stays([...PRODUCT, HALF, 'p = Softmax(m)', 'e = MatMul(p, v)', 'i = ReduceMax(p)', 'y = Add(e, i)']);
    stays([...WHOLE, 'output m']);
    stays([...PRODUCT, 'm = Mul(s, mask)', ...REST]);
    stays([...PRODUCT, 'm = Mul(s, float32[] [inf])', ...REST]);
    stays([...PRODUCT, HALF, 'p = Softmax(m)', 'n = IsNaN(p)', 'z = Where(n, float32[] [1], p)', 'y = MatMul(z, v)']);
    stays([...PRODUCT, 'i = Div(s, float32[] [50])', 'j = Tanh(i)', 'm = Mul(j, float32[] [40])', ...REST]);
  });

  it('is not found where heads do not fit', () => {
    // Heads, their size, or which keys there are, that only the run tells.
    stays(WHOLE, { q: 'float32[B,H,S,8]', k: 'float32[B,H,T,8]', v: 'float32[B,H,T,8]' });
    stays(WHOLE, { q: 'float32[B,3,S,D]', k: 'float32[B,3,T,D]' });
    stays(WHOLE, { k: 'float32[1,3,T,8]' });
    stays(WHOLE, { k: 'float32[B,1,T,8]' });
    stays(WHOLE, { q: 'float32[1,3,S,8]' });
  });
});

describe('masks', () => {
  const masked = (...lines: string[]) => [...PRODUCT, ...lines, ...REST];

  it('are added', async () => {
    const lines = masked('m = Add(mask, s)');
    becomes(lines, ['y = Attention(q, k, v, mask) { scale: 1 }']);
    becomes(lines, ['y = Attention(q, k, v, mask) { scale: 1 }'], { mask: 'float32[T]' });
    becomes(lines, ['y = Attention(q, k, v, mask) { scale: 1 }'], { mask: 'float32[3,1,T]' });
    becomes(masked('a = Add(s, mask)', 'm = Add(a, mask)'), [
      'b = Add(mask, mask)',
      'y = Attention(q, k, v, b) { scale: 1 }',
    ]);
    await same(lines, FIXED);
    await same(masked('a = Add(s, mask)', 'm = Add(a, mask)'), FIXED);
  });

  it('tell what is seen', () => {
    const bool = { mask: 'bool[B,1,S,T]' };
    const seen = ['y = Attention(q, k, v, mask) { scale: 1 }'];
    becomes(masked('m = Where(mask, s, float32[] [-inf])'), seen, bool);
    becomes(
      masked('m = Where(mask, float32[] [-inf], s)'),
      ['n = Not(mask)', 'y = Attention(q, k, v, n) { scale: 1 }'],
      bool,
    );
    // What is hidden by a number stays a sum: a query that sees nothing looks at all keys alike.
    becomes(
      masked('m = Where(mask, s, float32[] [-1e9])'),
      ['b = Where(mask, float32[] [0], float32[] [-1e9])', 'y = Attention(q, k, v, b) { scale: 1 }'],
      bool,
    );
    becomes(masked('b = Where(mask, float32[1] [0], float32[1] [-inf])', 'm = Add(s, b)'), seen, bool);
    becomes(
      masked('b = Where(mask, float32[] [-inf], float32[] [0])', 'm = Add(s, b)'),
      ['n = Not(mask)', 'y = Attention(q, k, v, n) { scale: 1 }'],
      bool,
    );
  });

  it('are cut off at the lowest number', async () => {
    const low = 'float32[] [-3.4028235e38]';
    const cut = ['b = Max(mask, float32[] [-3.4028235e38])', 'y = Attention(q, k, v, b) { scale: 1 }'];
    becomes(masked('a = Add(s, mask)', `m = Max(a, ${low})`), cut);
    becomes(masked('a = Add(s, mask)', `m = Max(${low}, a)`), cut);
    becomes(masked('a = Add(s, mask)', `m = Clip(a, ${low})`), cut);
    becomes(
      masked('a = Where(mask, s, float32[] [-inf])', `m = Max(a, ${low})`),
      [`b = Where(mask, float32[] [0], ${low})`, 'y = Attention(q, k, v, b) { scale: 1 }'],
      { mask: 'bool[B,1,S,T]' },
    );
    const rows = 'float32[4,5] [-inf,0,0,0,0, 0,-inf,0,0,0, 0,0,0,0,-inf, -inf,-inf,-inf,-inf,-inf]';
    await same(masked(`a = Add(s, ${rows})`, `m = Max(a, ${low})`), FIXED);
    // Of a product of batch and heads as one axis.
    const flat = { q: 'float32[6,4,8]', k: 'float32[6,5,8]', v: 'float32[6,5,8]', mask: 'float32[2,1,4,5]' };
    const opt = [
      'q3 = Reshape(q, int64[3] [6, 4, 8])',
      'k3 = Reshape(k, int64[3] [6, 5, 8])',
      'v3 = Reshape(v, int64[3] [6, 5, 8])',
      't = Transpose(k3) { perm: [0, 2, 1] }',
      's = MatMul(q3, t)',
      'w = Reshape(s, int64[4] [2, 3, 4, 5])',
      'a = Add(w, mask)',
      `f = Clip(a, ${low})`,
      'm = Reshape(f, int64[3] [6, 4, 5])',
      'p = Softmax(m)',
      'y = MatMul(p, v3)',
    ];
    becomes(opt, [...cut.with(1, 'z = Attention(q, k, v, b) { scale: 1 }'), 'y = Reshape(z, int64[3] [6, 4, 8])'], {
      ...FIXED,
    });
    await same(opt, FIXED);
    stays(opt.with(7, `f = Clip(w, ${low})`), flat);
    // Without a mask, at a number that scores reach, and from above too.
    stays(masked(`m = Max(s, ${low})`));
    stays(masked('a = Add(s, mask)', 'm = Max(a, float32[] [-100])'));
    stays(masked('a = Add(s, mask)', `m = Clip(a, ${low}, float32[] [80])`));
    stays([...masked('a = Add(s, mask)', `m = Max(a, ${low})`), 'output a']);
  });

  it('are one', async () => {
    const window = 'bool[4,5] [1,1,0,0,0, 1,1,1,0,0, 0,1,1,1,0, 0,0,1,1,1]';
    await same(masked(`a = Where(${window}, s, float32[] [-inf])`, 'm = Add(a, mask)'), FIXED);
    await same(masked('a = Add(s, mask)', `m = Where(${window}, a, float32[] [-1e30])`), FIXED);
    await same(masked(`a = Where(${window}, s, float32[] [-inf])`, `m = Where(${window}, a, float32[] [-inf])`), FIXED);
    await same(
      masked(
        `a = Where(${window}, float32[] [-1e30], s)`,
        `b = Where(${window}, a, float32[] [-inf])`,
        'm = Add(b, mask)',
      ),
      FIXED,
    );
  });

  it('are not where Attention takes them for something else', () => {
    // One number for all keys, another rank, scores that grow.
    stays(masked('m = Add(s, mask)'), { mask: 'float32[B,1,S,1]' });
    stays(masked('m = Add(s, mask)'), { mask: 'float32[]' });
    stays(masked('m = Add(s, mask)'), { q: 'float32[1,3,S,8]', k: 'float32[1,3,T,8]' });
    stays(masked('m = Where(mask, s, float32[] [-100])'), { mask: 'bool[B,1,S,T]' });
  });
});

describe('causal-mask', () => {
  const square = { q: 'float32[B,3,S,8]', k: 'float32[B,3,S,8]', v: 'float32[B,3,S,8]' };
  const positions = [
    'n = Shape(q) { start: 2, end: 3 }',
    'l = Squeeze(n)',
    'r = Range(int64[] [0], l, int64[] [1])',
    'i = Unsqueeze(r, int64[1] [1])',
  ];
  const causal = ['y = Attention(q, k, v) { scale: 1, is_causal: 1 }'];
  const added = [...PRODUCT, 'm = Add(s, b)', ...REST];
  const becomesCausal = (mask: string[]) => becomes([...mask, ...added], causal, square);

  it('is found from positions', () => {
    becomesCausal([...positions, 'c = LessOrEqual(r, i)', 'b = Where(c, float32[] [0], float32[] [-inf])']);
    becomesCausal([...positions, 'c = Greater(r, i)', 'b = Where(c, float32[] [-3e38], float32[] [0])']);
    becomesCausal([...positions, 'c = Less(i, r)', 'd = Not(c)', 'b = Where(d, float32[] [0], float32[] [-1e9])']);
    becomesCausal([
      ...positions,
      'e = GreaterOrEqual(i, r)',
      'f = And(e, bool[1,1] [1])',
      'b = Where(f, float32[] [0], float32[] [-65504])',
    ]);
  });

  it('is found from triangles', () => {
    const ones = ['n = Shape(q) { start: 2, end: 3 }', 'o = Concat(n, n) { axis: 0 }', 'e = Expand(float32[] [1], o)'];
    becomesCausal([
      ...ones,
      't0 = Trilu(e) { upper: 0 }',
      'z = Equal(t0, float32[] [0])',
      'b = Where(z, float32[] [-inf], float32[] [0])',
    ]);
    becomesCausal([
      'n = Shape(q) { start: 2, end: 3 }',
      'o = Concat(n, n) { axis: 0 }',
      'e = ConstantOfShape(o) { value: float32[1] [-1e9] }',
      't0 = Trilu(e, int64[] [1])',
      'b = Unsqueeze(t0, int64[2] [0, 1])',
    ]);
  });

  it('is found in constants, and after keys of earlier steps', () => {
    const fixed = { q: 'float32[1,3,3,8]', k: 'float32[1,3,3,8]', v: 'float32[1,3,3,8]' };
    const lower = 'bool[3,3] [1,0,0, 1,1,0, 1,1,1]';
    becomes([...PRODUCT, `m = Where(${lower}, s, float32[] [-1e9])`, ...REST], causal, fixed);
    const later = { ...fixed, q: 'float32[1,3,2,8]', k: 'float32[1,3,2,8]', v: 'float32[1,3,2,8]' };
    expectRewrite(
      net(
        [
          'input pk: float32[1,3,1,8]',
          'input pv: float32[1,3,1,8]',
          'ck = Concat(pk, k) { axis: 2 }',
          'cv = Concat(pv, v) { axis: -2 }',
          't = Transpose(ck) { perm: [0, 1, 3, 2] }',
          's = MatMul(q, t)',
          'm = Add(s, float32[2,3] [0,0,-inf, 0,0,0])',
          'p = Softmax(m)',
          'y = MatMul(p, cv)',
        ],
        later,
      ),
      net(
        [
          'input pk: float32[1,3,1,8]',
          'input pv: float32[1,3,1,8]',
          'y = Attention(q, k, v, -, pk, pv) { scale: 1, is_causal: 1 }',
        ],
        later,
      ),
      recognizeAttention,
    );
  });

  it('drops a mask that hides nothing', () => {
    becomes([...PRODUCT, 'm = Add(s, float32[1,5] splat 0)', ...REST], ['y = Attention(q, k, v) { scale: 1 }'], {
      ...FIXED,
    });
  });

  it('computes the same', async () => {
    const lower = 'float32[4,4] [0,-inf,-inf,-inf, 0,0,-inf,-inf, 0,0,0,-inf, 0,0,0,0]';
    const types = { q: 'float32[2,3,4,8]', k: 'float32[2,3,4,8]', v: 'float32[2,3,4,8]' };
    await same([...PRODUCT, `m = Add(s, ${lower})`, ...REST], types);
  });

  it('is not found in what hides other keys', () => {
    const masks = [
      // Past the next key; before the own one; not by enough; of rows that all are the first.
      [
        ...positions,
        'j = Add(i, int64[] [1])',
        'c = LessOrEqual(r, j)',
        'b = Where(c, float32[] [0], float32[] [-1e9])',
      ],
      [...positions, 'c = GreaterOrEqual(r, i)', 'b = Where(c, float32[] [0], float32[] [-1e9])'],
      [...positions, 'c = LessOrEqual(r, i)', 'b = Where(c, float32[] [0], float32[] [-100])'],
      [...positions, 'c = LessOrEqual(r, i)', 'b = Where(c, float32[] [1], float32[] [-1e9])'],
      [...positions, 'c = LessOrEqual(r, int64[] [0])', 'b = Where(c, float32[] [0], float32[] [-1e9])'],
    ];
    for (const mask of masks) becomes([...mask, ...added], [...mask, 'y = Attention(q, k, v, b) { scale: 1 }'], square);
  });
});
