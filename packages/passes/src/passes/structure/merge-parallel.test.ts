import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { mergeParallel } from './merge-parallel.ts';

const net = (lines: string[], x = 'float32[B,S,2]') => [`input x: ${x}`, ...lines, 'output y'].join('\n');
const becomes = (lines: string[], to: string[], x?: string) => expectRewrite(net(lines, x), net(to, x), mergeParallel);
const stays = (lines: string[], x?: string) => expectUnchanged(net(lines, x), mergeParallel);
const same = (lines: string[], x: string) => expectSameValues(net(lines, x), mergeParallel);

const A = 'a = MatMul(x, float32[2,2] [1, 2, 3, 4])';
const B = 'b = MatMul(x, float32[2,2] [5, 6, 7, 8])';
const C = 'c = MatMul(x, float32[2,4] [1, 0, 1, 0, 0, 1, 0, 1])';
const ATTEND = 'y = Attention(a, b, c) { q_num_heads: 2, kv_num_heads: 2 }';

describe('same-input', () => {
  it('is one MatMul of weights side by side', async () => {
    becomes(
      [A, B, C, ATTEND],
      [
        'm = MatMul(x, float32[2,8] [1, 2, 5, 6, 1, 0, 1, 0, 3, 4, 7, 8, 0, 1, 0, 1])',
        'a, b, c = Split(m, int64[3] [2, 2, 4]) { axis: 2 }',
        ATTEND,
      ],
    );
    await same([A, B, C, ATTEND], 'float32[2,3,2]');
    becomes(
      [A, B, 'y = MatMul(a, b)'],
      [
        'm = MatMul(x, float32[2,4] [1, 2, 5, 6, 3, 4, 7, 8])',
        'a, b = Split(m, int64[2] [2, 2]) { axis: 2 }',
        'y = MatMul(a, b)',
      ],
      'float32[B,2,2]',
    );
  });

  it('takes biases along, where some have none', async () => {
    const lines = [
      'a0 = MatMul(x, float32[2,2] [1, 2, 3, 4])',
      'a = Add(a0, float32[2] [1, 2])',
      B,
      'c0 = MatMul(x, float32[2,4] [1, 0, 1, 0, 0, 1, 0, 1])',
      'c = Add(c0, float32[1,4] [1, 2, 3, 4])',
      ATTEND,
    ];
    becomes(lines, [
      'm = MatMul(x, float32[2,8] [1, 2, 5, 6, 1, 0, 1, 0, 3, 4, 7, 8, 0, 1, 0, 1])',
      'n = Add(m, float32[8] [1, 2, 0, 0, 1, 2, 3, 4])',
      'a, b, c = Split(n, int64[3] [2, 2, 4]) { axis: 2 }',
      ATTEND,
    ]);
    await same(lines, 'float32[2,3,2]');
  });

  it('is one Gemm, either way its weights lie', async () => {
    const transposed = [
      'a = Gemm(x, float32[1,2] [1, 2], float32[1] [1]) { transB: 1, beta: 2 }',
      'b = Gemm(x, float32[2,2] [3, 4, 5, 6]) { transB: 1, beta: 2 }',
      'y = Gemm(a, b) { transA: 1 }',
    ];
    becomes(
      transposed,
      [
        'm = Gemm(x, float32[3,2] [1, 2, 3, 4, 5, 6], float32[3] [2, 0, 0]) { transB: 1 }',
        'a, b = Split(m, int64[2] [1, 2]) { axis: 1 }',
        'y = Gemm(a, b) { transA: 1 }',
      ],
      'float32[B,2]',
    );
    await same(transposed, 'float32[3,2]');
    await same(
      [
        'a = Gemm(x, float32[2,1] [1, 2], float32[1,1] [1]) { alpha: 3 }',
        'b = Gemm(x, float32[2,2] [3, 4, 5, 6], float32[2] [1, 2]) { alpha: 3 }',
        'y = Gemm(a, b) { transA: 1 }',
      ],
      'float32[3,2]',
    );
  });

  it('is one Conv, with what follows in all of them', async () => {
    const lines = [
      'a0 = Conv(x, float32[1,2,1] [1, 2], float32[1] [3])',
      'a = Relu(a0)',
      'b0 = Conv(x, float32[2,2,1] [3, 4, 5, 6])',
      'b = Relu(b0)',
      'c = Conv(a, float32[1,1,3] [1, 2, 3])',
      'd = Conv(b, float32[1,2,3] splat 2)',
      'y = Add(c, d)',
    ];
    becomes(
      lines,
      [
        'm = Conv(x, float32[3,2,1] [1, 2, 3, 4, 5, 6], float32[3] [3, 0, 0])',
        'n = Relu(m)',
        'a, b = Split(n, int64[2] [1, 2]) { axis: 1 }',
        ...lines.slice(4),
      ],
      'float32[B,2,L]',
    );
    await same(lines, 'float32[2,2,5]');
  });

  it('stays apart where a part would have to be copied, or what follows computed by itself', () => {
    stays([A, B, 'y = Mul(a, b)']);
    stays([A, B, 'c = Relu(a)', 'y = MatMul(c, b)'], 'float32[B,2,2]');
    stays([A, B, 'c = Reshape(a, int64[3] [0, 0, 2])', 'y = MatMul(c, b)'], 'float32[B,2,2]');
    stays([A, B, 'y = MatMul(a, b)', 'output b'], 'float32[B,2,2]');
    stays(
      [
        'a0 = Conv(x, float32[1,2,1] [1, 2])',
        'a = Relu(a0)',
        'b0 = Conv(x, float32[1,2,1] [3, 4])',
        'b = Sigmoid(b0)',
        'c = Conv(a, float32[1,1,3] [1, 2, 3])',
        'd = Conv(b, float32[1,1,3] splat 2)',
        'y = Add(c, d)',
      ],
      'float32[B,2,L]',
    );
  });

  it('stays apart where weights are computed, shared or of another kind', () => {
    stays([A, 'b = MatMul(x, x)', 'y = MatMul(a, b)'], 'float32[2,2]');
    stays(['w = Relu(x)', A, 'b = MatMul(w, float32[2,2] [5, 6, 7, 8])', 'y = MatMul(a, b)'], 'float32[B,2,2]');
    stays(
      ['constant w = float32[2,2] [1, 2, 3, 4]', 'a = MatMul(x, w)', 'b = MatMul(x, w)', 'y = MatMul(a, b)'],
      'float32[B,2,2]',
    );
    stays(['a = MatMul(x, float32[1,2,2] [1, 2, 3, 4])', B, 'y = MatMul(a, b)'], 'float32[B,2,2]');
    const convs = (more: string) => [
      'a = Conv(x, float32[2,2,1] splat 2)',
      `b = Conv(x, ${more})`,
      'c = Conv(a, float32[1,2,1] splat 2)',
      'd = Conv(b, float32[1,2,1] splat 2)',
      'y = Concat(c, d) { axis: 2 }',
    ];
    stays(convs('float32[2,2,3] splat 2'), 'float32[B,2,L]');
    stays(
      convs('float32[2,2,1] splat 3) { strides: [2] }').map((line) => line.replace('})', '}')),
      'float32[B,2,L]',
    );
    stays(
      convs('float32[2,1,1] splat 3) { group: 2 }').map((line) => line.replace('})', '}')),
      'float32[B,2,L]',
    );
  });
});
