import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { recognizeLpNormalization } from './lp-normalization.ts';

const net = (lines: readonly string[], type = 'float32[N,3,8]') =>
  [`input x: ${type}`, ...lines, 'output y'].join('\n');
const becomes = (lines: readonly string[], to: readonly string[], type?: string) =>
  expectRewrite(net(lines, type), net(to, type), recognizeLpNormalization);
const stays = (lines: readonly string[], type?: string) => expectUnchanged(net(lines, type), recognizeLpNormalization);
const same = (lines: readonly string[], type: string) => expectSameValues(net(lines, type), recognizeLpNormalization);

const NORM = 'n = ReduceL2(x, int64[1] [-1]) { keepdims: 1 }';
const CLIP = 'c = Clip(n, float32[] [1e-12])';
const EXPAND = ['s = Shape(x)', 'e = Expand(c, s)'];

describe('lp-norm', () => {
  it('is what PyTorch writes', async () => {
    const y = ['y = LpNormalization(x) { axis: 2 }'];
    becomes([NORM, CLIP, ...EXPAND, 'y = Div(x, e)'], y);
    becomes([NORM, CLIP, 'y = Div(x, c)'], y);
    becomes([NORM, 'c = Max(n, float32[] [1e-12])', 'y = Div(x, c)'], y, 'float32[2,3,8]');
    becomes([NORM, 'c = Add(n, float32[] [1e-12])', 'r = Reciprocal(c)', 'y = Mul(x, r)'], y);
    await same([NORM, CLIP, ...EXPAND, 'y = Div(x, e)'], 'float32[2,3,8]');
  });

  it('is of any axis, of squares, and of magnitudes', async () => {
    const squares = ['q = Mul(x, x)', 'u = ReduceSum(q, int64[1] [1]) { keepdims: 1 }', 'n = Sqrt(u)'];
    becomes([...squares, CLIP, 'y = Div(x, c)'], ['y = LpNormalization(x) { axis: 1 }']);
    becomes(
      ['u = ReduceSumSquare(x, int64[1] [0]) { keepdims: 1 }', 'n = Pow(u, float32[] [0.5])', CLIP, 'y = Div(x, c)'],
      ['y = LpNormalization(x) { axis: 0 }'],
    );
    const magnitudes = ['a = ReduceL1(x, int64[1] [1]) { keepdims: 0 }', 'n = Unsqueeze(a, int64[1] [1])'];
    becomes([...magnitudes, CLIP, 'y = Div(x, c)'], ['y = LpNormalization(x) { axis: 1, p: 1 }']);
    await same([...squares, CLIP, 'y = Div(x, c)'], 'float32[2,3,8]');
    await same([...magnitudes, CLIP, 'y = Div(x, c)'], 'float32[2,3,8]');
  });

  it('is not found of other floors and axes, and where the norm is read elsewhere', () => {
    // 0 / 0 is NaN; a floor that a norm reaches; from above; two axes; another tensor.
    stays([NORM, 'y = Div(x, n)']);
    stays([NORM, 'c = Clip(n, float32[] [0.1])', 'y = Div(x, c)']);
    stays([NORM, 'c = Clip(n, float32[] [1e-12], float32[] [4])', 'y = Div(x, c)']);
    stays(['n = ReduceL2(x, int64[2] [1, 2]) { keepdims: 1 }', CLIP, 'y = Div(x, c)']);
    stays([NORM, CLIP, 'z = Exp(x)', 'y = Div(z, c)']);
    stays([NORM, CLIP, 'y = Div(x, c)', 'output n']);
    stays(['n = ReduceL2(x, int64[1] [-1])', 'y = Div(x, n)'], 'float64[N,3,8]');
  });
});

describe('root-of-sum', () => {
  const lines = [
    'q = Pow(x, float32[] [2])',
    'u = ReduceSum(q, int64[1] [-1]) { keepdims: 1 }',
    'e = Add(u, float32[] [0.0625])',
    'r = Sqrt(e)',
    'y = Div(x, r)',
  ];

  it('is a norm with a scale', async () => {
    const norm = (size: number, scale: number) => [
      `y = RMSNormalization(x, float32[${size}] splat ${scale}) { axis: -1, epsilon: ${0.0625 / size} }`,
    ];
    becomes(lines, norm(16, 0.25), 'float32[N,3,16]');
    becomes(lines, norm(4, 0.5), 'float32[2,4]');
    const channels = lines.with(1, 'u = ReduceSum(q, int64[1] [1]) { keepdims: 1 }');
    becomes(
      channels,
      [
        't = Transpose(x) { perm: [0, 2, 1] }',
        'n = RMSNormalization(t, float32[4] splat 0.5) { axis: -1, epsilon: 0.015625 }',
        'y = Transpose(n) { perm: [0, 2, 1] }',
      ],
      'float32[N,4,S]',
    );
    await same(lines, 'float32[2,3,8]');
    await same(channels, 'float32[2,4,5]');
  });

  it('is not found of a size that only the run tells, of other powers, or of what is read elsewhere', () => {
    stays(lines, 'float32[N,3,S]');
    stays(lines.with(0, 'q = Pow(x, float32[] [4])'), 'float32[N,16]');
    stays([...lines, 'output r'], 'float32[N,16]');
  });
});
