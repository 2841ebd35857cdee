import { describe, expect, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged, run } from '../../testing/expect.ts';
import { recognizeLayerNormalization } from './layer-normalization.ts';
import { foldNormOperands } from './norm-operands.ts';

const net = (text: string, type = 'float32[N,4,3]') => `input x: ${type}\n${text}\noutput y`;
const both = [recognizeLayerNormalization, foldNormOperands];
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), ...both);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), recognizeLayerNormalization);

/** PyTorch's, before there was LayerNormalization. */
const CENTERED = 'm = ReduceMean(x, int64[1] [-1])\nc = Sub(x, m)';
const VARIANCE = 'q = Pow(c, float32[] [2])\nv = ReduceMean(q, int64[1] [-1])\ns = Add(v, float32[] [0.0009765625])';
const TORCH = `${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\nn = Div(c, d)`;
const ONES = 'float32[3] splat 1';
const EPSILON = 'epsilon: 0.0009765625';
const PLAIN = `y = LayerNormalization(x, ${ONES}) {axis: -1, ${EPSILON}}`;
const WHOLE = `y = LayerNormalization(x, float32[3] [1, 2, 3], float32[3] [4, 5, 6]) {axis: -1, ${EPSILON}}`;

describe('layer-norm', () => {
  it('is the distance from the mean over the deviation', () => {
    becomes(`${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\ny = Div(c, d)`, PLAIN);
    becomes(`${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\nr = Reciprocal(d)\ny = Mul(r, c)`, PLAIN);
    becomes(`${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\nr = Div(float32[] [1], d)\ny = Mul(c, r)`, PLAIN);
    becomes(`${CENTERED}\n${VARIANCE}\nr = Pow(s, float32[] [-0.5])\ny = Mul(c, r)`, PLAIN);
    becomes(`${CENTERED}\n${VARIANCE}\nd = Pow(s, float32[] [0.5])\ny = Div(c, d)`, PLAIN);
  });

  it('takes distances that are computed twice, and squares as products', () => {
    becomes(
      `${CENTERED}\nc2 = Sub(x, m)\nq = Mul(c2, c2)\nv = ReduceMean(q, int64[1] [2])\ns = Add(float32[] [0.0009765625], v)\nd = Sqrt(s)\ny = Div(c, d)`,
      PLAIN,
    );
  });

  it('has a scale and a bias', () => {
    becomes(`${TORCH}\nw = Mul(n, float32[3] [1, 2, 3])\ny = Add(w, float32[3] [4, 5, 6])`, WHOLE);
    becomes(`${TORCH}\nw = Mul(float32[1,1,3] [1, 2, 3], n)\ny = Add(float32[1,3] [4, 5, 6], w)`, WHOLE);
    becomes(
      `${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\nr = Reciprocal(d)\nw = Mul(r, float32[3] [1, 2, 3])\nn = Mul(c, w)\ny = Add(n, float32[3] [4, 5, 6])`,
      WHOLE,
    );
    becomes(
      `${TORCH}\nw = Mul(n, float32[] [2])\ny = Sub(w, float32[3] [1, 2, 3])`,
      `y = LayerNormalization(x, float32[3] splat 2, float32[3] [-1, -2, -3]) {axis: -1, ${EPSILON}}`,
    );
  });

  it('has statistics of a wider type', () => {
    const wide =
      'm = ReduceMean(x, int64[1] [-1])\nc = Sub(x, m)\nh = Cast(c) {to: "float32"}\nq = Pow(h, float32[] [2])\nv = ReduceMean(q, int64[1] [-1])\ns = Add(v, float32[] [0.0009765625])\nd = Sqrt(s)';
    const after = PLAIN.replace('float32', 'float16');
    becomes(`${wide}\nz = Cast(d) {to: "float16"}\ny = Div(c, z)`, after, 'float16[N,4,3]');
    becomes(
      `x32 = Cast(x) {to: "float32"}\n${CENTERED.replaceAll('x', 'x32')}\n${VARIANCE}\nd = Sqrt(s)\nn = Div(c, d)\ny = Cast(n) {to: "float16"}`,
      after,
      'float16[N,4,3]',
    );
    stays(`${wide}\nz = Cast(d) {to: "int32"}\nz2 = Cast(z) {to: "float16"}\ny = Div(c, z2)`, 'float16[N,4,3]');
  });

  it('is over several last axes', () => {
    becomes(
      'm = ReduceMean(x, int64[2] [-2, -1])\nc = Sub(x, m)\nq = Mul(c, c)\nv = ReduceMean(q, int64[2] [1, 2])\ns = Add(v, float32[] [0.0009765625])\nd = Sqrt(s)\nn = Div(c, d)\ny = Mul(n, float32[4,1] [1, 2, 3, 4])',
      `y = LayerNormalization(x, float32[4,3] [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]) {axis: -2, ${EPSILON}}`,
    );
  });

  it('is between Transposes over other axes', () => {
    becomes(
      'm = ReduceMean(x, int64[1] [1])\nc = Sub(x, m)\nq = Mul(c, c)\nv = ReduceMean(q, int64[1] [1])\ns = Add(v, float32[] [0.0009765625])\nd = Sqrt(s)\nn = Div(c, d)\nw = Mul(n, float32[4,1] [1, 2, 3, 4])\ny = Add(w, float32[1,4,1] [5, 6, 7, 8])',
      `t = Transpose(x) {perm: [0, 2, 1]}\nn = LayerNormalization(t, float32[4] [1, 2, 3, 4], float32[4] [5, 6, 7, 8]) {axis: -1, ${EPSILON}}\ny = Transpose(n) {perm: [0, 2, 1]}`,
    );
  });

  it('is InstanceNormalization behind the channels', () => {
    becomes(
      'm = ReduceMean(x, int64[2] [2, 3])\nc = Sub(x, m)\nq = Mul(c, c)\nv = ReduceMean(q, int64[2] [2, 3])\ns = Add(v, float32[] [0.0009765625])\nd = Sqrt(s)\nn = Div(c, d)\nw = Mul(n, float32[2,1,1] [1, 2])\ny = Add(w, float32[1,2,1,1] [3, 4])',
      `y = InstanceNormalization(x, float32[2] [1, 2], float32[2] [3, 4]) {${EPSILON}}`,
      'float32[N,2,H,W]',
    );
  });

  it('takes sums over the count, and the mean of squares less the square of the mean, before axes are put back', () => {
    becomes(
      `p = ReduceSum(x, int64[1] [2]) {keepdims: 0}\nm = Mul(p, float32[1] [0.33333334])\nf = Mul(x, x)\ng = ReduceSum(f, int64[1] [2]) {keepdims: 0}
       h = Mul(g, float32[1] [0.33333334])\nb = Mul(m, m)\nk = Sub(h, b)\nl = Relu(k)\nu = Reshape(l, int64[3] [-1, 4, 1])\ns = Add(u, float32[] [0.0009765625])
       d = Sqrt(s)\nr = Reciprocal(d)\nw = Mul(r, float32[1,1,3] [1, 2, 3])\nt = Reshape(m, int64[3] [-1, 4, 1])\nc = Sub(x, t)\nn = Mul(c, w)\ny = Add(n, float32[1,1,3] [4, 5, 6])`,
      WHOLE,
    );
  });

  it('is not found over other axes, in other places or with other numbers', () => {
    const tail = 'd = Sqrt(s)\ny = Div(c, d)';
    stays(`${CENTERED}\nq = Mul(c, c)\nv = ReduceMean(q, int64[1] [1])\ns = Add(v, float32[] [0.0009765625])\n${tail}`);
    stays(
      `${CENTERED}\nq = Mul(c, c)\nv = ReduceSum(q, int64[1] [2])\nz = Mul(v, float32[] [0.5])\ns = Add(z, float32[] [0.0009765625])\n${tail}`,
    );
    stays(`${CENTERED}\nq = Mul(c, c)\nv = ReduceMean(q, int64[1] [2])\ns = Add(v, float32[] [2])\n${tail}`);
    stays(`${CENTERED}\nq = Mul(c, x)\nv = ReduceMean(q, int64[1] [2])\ns = Add(v, float32[] [0.0009765625])\n${tail}`);
    // The mean of each row is taken off the columns.
    stays(
      'm = ReduceMean(x, int64[1] [1]) {keepdims: 0}\nc = Sub(x, m)\nq = Mul(c, c)\nv = ReduceMean(q, int64[1] [1]) {keepdims: 0}\ns = Add(v, float32[] [0.0009765625])\nd = Sqrt(s)\ny = Div(c, d)',
      'float32[3,3]',
    );
  });

  it('is not found where the inside is read elsewhere, in float64, or without sizes', () => {
    stays(`${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\ny = Div(c, d)\noutput m`);
    stays(`${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\ny = Div(c, d)\nz = Neg(c)\noutput z`);
    stays(`${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\ny = Div(c, d)`.replaceAll('float32', 'float64'), 'float64[N,3]');
    stays(`${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\ny = Div(c, d)`, 'float32[N,C]');
  });
});

describe('layer-norm-linear', () => {
  const factor = `${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\nr = Reciprocal(d)\na = Mul(r, float32[3] [1, 2, 3])`;

  it('is x · a + (bias − mean · a)', () => {
    const whole = `${factor}\np = Mul(x, a)\nk = Mul(m, a)\nb = Sub(float32[3] [4, 5, 6], k)`;
    becomes(`${whole}\ny = Add(p, b)`, WHOLE);
    becomes(`${whole}\ny = Add(b, p)`, WHOLE);
    becomes(`${factor}\np = Mul(a, x)\nk = Mul(a, m)\ny = Sub(p, k)`, WHOLE.replace(', float32[3] [4, 5, 6]', ''));
  });

  it('has statistics of a wider type', () => {
    becomes(
      'w = Cast(x) {to: "float32"}\nm = ReduceMean(w, int64[1] [-1])\nc = Sub(w, m)\nq = Mul(c, c)\nv = ReduceMean(q, int64[1] [-1])\nvh = Cast(v) {to: "float16"}\nmh = Cast(m) {to: "float16"}\ns = Add(vh, float16[] [0.0009765625])\nd = Sqrt(s)\nr = Reciprocal(d)\na = Mul(r, float16[3] [1, 2, 3])\np = Mul(x, a)\nk = Mul(mh, a)\nb = Sub(float16[3] [4, 5, 6], k)\ny = Add(p, b)',
      WHOLE.replaceAll('float32', 'float16'),
      'float16[N,4,3]',
    );
  });

  it('is not found with another mean, factor or sign', () => {
    stays(`${factor}\np = Mul(x, a)\nk = Mul(m, r)\nb = Sub(float32[3] [4, 5, 6], k)\ny = Add(p, b)`);
    stays(`${factor}\np = Mul(x, a)\nk = Mul(m, a)\nb = Add(float32[3] [4, 5, 6], k)\ny = Add(p, b)`);
    stays(`${factor}\np = Mul(x, a)\nk = Mul(m, a)\nb = Sub(float32[3] [4, 5, 6], k)\ny = Add(p, b)\noutput a`);
  });
});

it('computes the same', async () => {
  const same = (text: string, type = 'float32[5,4,3]') => expectSameValues(net(text, type), ...both);
  await same(`${TORCH}\nw = Mul(n, float32[3] #w)\ny = Add(w, float32[3] #b)`);
  await same(
    'm = ReduceMean(x, int64[1] [1])\nc = Sub(x, m)\nq = Mul(c, c)\nv = ReduceMean(q, int64[1] [1])\ns = Add(v, float32[] [0.01])\nd = Sqrt(s)\nn = Div(c, d)\nw = Mul(n, float32[4,1] #w)\ny = Add(w, float32[1,4,1] #b)',
  );
  await same(
    'm = ReduceMean(x, int64[2] [0, 2])\nc = Sub(x, m)\nq = Mul(c, c)\nv = ReduceMean(q, int64[2] [0, 2])\ns = Add(v, float32[] [0.01])\nd = Sqrt(s)\nn = Div(c, d)\nw = Mul(n, float32[5,1,3] #w)\ny = Add(w, float32[5,1,3] #b)',
  );
});

it('keeps the origins of all that it replaces', () => {
  const graph = run(net(`${CENTERED}\n${VARIANCE}\nd = Sqrt(s)\ny = Div(c, d)`), recognizeLayerNormalization);
  expect([...graph.nodes][0]!.origin.length).toBeGreaterThan(5);
});
