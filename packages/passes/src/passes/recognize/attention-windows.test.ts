import { expect, it } from 'vitest';
import { optimize } from '../../manager.ts';
import { expectRewrite, expectSameValues, expectUnchanged, parse } from '../../testing/expect.ts';
import { recognizeAttention } from './attention.ts';

const BIAS = 'float32[1,3,4,4] #1';

/** Lines of scores of windows, 6 for each picture, to y; q, k and v are [windows, 3, 4, 8]. */
function net(lines: readonly string[], windows: string | number, mask = 'float32[6,4,4]'): string {
  const types = ['q', 'k', 'v'].map((name) => `input ${name}: float32[${windows},3,4,8]`);
  return [...types, `input mask: ${mask}`, ...lines, 'output y'].join('\n');
}

const PRODUCT = ['t = Transpose(k) { perm: [0, 1, 3, 2] }', 's = MatMul(q, t)'];
const MASK = 'c = Reshape(mask, int64[5] [1, 6, 1, 4, 4])';
const REST = ['p = Softmax(m)', 'y = MatMul(p, v)'];
const apart = (of: string, pictures: number, mask: string) => [
  `w = Reshape(${of}, int64[5] [${pictures}, 6, 3, 4, 4])`,
  `a = Add(w, ${mask})`,
  'm = Reshape(a, int64[4] [-1, 3, 4, 4])',
];
const written = (pictures: number) => [...PRODUCT, MASK, ...apart('s', pictures, 'c'), ...REST];

it('windows of one picture have the mask as it is', async () => {
  const each = [MASK, 'f = Reshape(c, int64[4] [6, 1, 4, 4])', 'y = Attention(q, k, v, f) { scale: 1 }'];
  expectRewrite(net(written(1), 6), net(each, 6), recognizeAttention);
  expectRewrite(net(written(-1), 6), net(each, 6), recognizeAttention);
  await expectSameValues(net(written(1), 6), recognizeAttention);
});

it('windows of several pictures have it repeated', async () => {
  const repeated = (sizes: readonly string[], by: string) => [
    MASK,
    'f = Reshape(c, int64[4] [6, 1, 4, 4])',
    ...sizes,
    `e = Expand(f, ${by})`,
    `r = Reshape(e, int64[4] [${by === 'n' ? -1 : 12}, 1, 4, 4])`,
    'y = Attention(q, k, v, r) { scale: 1 }',
  ];
  const fixed = repeated([], 'int64[5] [2, 1, 1, 1, 1]');
  expectRewrite(net(written(2), 12), net(fixed, 12), recognizeAttention);
  await expectSameValues(net(written(2), 12), recognizeAttention);
  const sizes = [
    'b = Shape(q) { start: 0, end: 1 }',
    'd = Div(b, int64[1] [6])',
    'n = Concat(d, int64[4] splat 1) { axis: 0 }',
  ];
  expectRewrite(net(written(-1), '6*N'), net(repeated(sizes, 'n'), '6*N'), recognizeAttention);
});

it('beside a bias of positions', async () => {
  const lines = (pictures: number) => [...PRODUCT, `i = Add(s, ${BIAS})`, MASK, ...apart('i', pictures, 'c'), ...REST];
  await expectSameValues(net(lines(1), 6), recognizeAttention);
  await expectSameValues(net(lines(-1), 18), recognizeAttention);
  const graph = parse(net(lines(-1), '6*N').replace('#1', 'splat 0.5'));
  const { trace } = optimize(graph, { pipeline: [recognizeAttention], verify: true });
  expect(trace.map(({ rule }) => rule)).toContain('written-out');
});

it('is not found where windows are taken apart otherwise, or read elsewhere', () => {
  const stays = (lines: readonly string[], windows: string | number, mask?: string) =>
    expectUnchanged(net(lines, windows, mask), recognizeAttention);
  // A mask of each picture, one number for all keys, heads among the windows.
  stays([...PRODUCT, ...apart('s', 2, 'mask'), ...REST], 12, 'float32[2,6,1,4,4]');
  stays([...PRODUCT, ...apart('s', 1, 'mask'), ...REST], 6, 'float32[1,6,1,4,1]');
  stays(
    [
      ...PRODUCT,
      'w = Reshape(s, int64[5] [3, 6, 4, 4, 1])',
      'a = Add(w, float32[6,4,4,1] splat 1)',
      'm = Reshape(a, int64[4] [6, 3, 4, 4])',
      ...REST,
    ],
    6,
  );
  stays([...written(1), 'output a'], 6);
});
