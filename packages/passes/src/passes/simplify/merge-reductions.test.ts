import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { mergeReductions } from './merge-reductions.ts';

const net = (text: string, type = 'float32[N,3,4]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) =>
  expectRewrite(net(from, type), net(to, type), mergeReductions);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), mergeReductions);

describe('keepdims', () => {
  it('keeps or drops the reduced axes', () => {
    becomes(
      'a = ReduceSum(x, int64[1] [2]) { keepdims: 0 }\ny = Reshape(a, int64[3] [0, 3, 1])',
      'y = ReduceSum(x, int64[1] [2]) { keepdims: 1 }',
    );
    becomes(
      'a = ReduceMax(x, int64[2] [1, 2])\ny = Reshape(a, int64[1] [-1])',
      'y = ReduceMax(x, int64[2] [1, 2]) { keepdims: 0 }',
    );
    becomes(
      'a = ArgMax(x) { axis: 1, keepdims: 0 }\ny = Reshape(a, int64[3] [-1, 1, 4])',
      'y = ArgMax(x) { axis: 1, keepdims: 1 }',
    );
    becomes(
      'a = ReduceL2(x, int64[1] [-1]) { keepdims: 1 }\ny = Reshape(a, int64[2] [-1, 3])',
      'y = ReduceL2(x, int64[1] [-1]) { keepdims: 0 }',
    );
  });

  it('keeps other shapes, and what is read in between', () => {
    stays('a = ReduceSum(x, int64[1] [2]) { keepdims: 0 }\ny = Reshape(a, int64[3] [0, 1, 3])');
    stays('a = ReduceSum(x, int64[1] [2]) { keepdims: 1 }\ny = Reshape(a, int64[1] [-1])');
    stays('a = ReduceSum(x, int64[1] [2]) { keepdims: 0 }\ny = Reshape(a, int64[3] [0, 3, 1])\noutput a');
    stays('a = Softmax(x)\ny = Reshape(a, int64[3] [0, 12, 1])');
  });
});

describe('greatest-of-rising', () => {
  it('finds it before the function', () => {
    becomes('a = Softmax(x) { axis: 1 }\ny = ArgMax(a) { axis: -2 }', 'y = ArgMax(x) { axis: -2 }');
    becomes('a = LogSoftmax(x)\ny = ArgMax(a) { axis: 2, keepdims: 0 }', 'y = ArgMax(x) { axis: 2, keepdims: 0 }');
    becomes('a = Exp(x)\ny = ArgMin(a)', 'y = ArgMin(x)');
    becomes('a = Sigmoid(x)\ny = ArgMax(a)\noutput a', 'a = Sigmoid(x)\ny = ArgMax(x)\noutput a');
  });

  it('keeps others', () => {
    stays('a = Softmax(x) { axis: 2 }\ny = ArgMax(a) { axis: 1 }');
    stays('a = Abs(x)\ny = ArgMax(a)');
    stays('a = Neg(x)\ny = ArgMin(a)');
    stays('a = Exp(x)\ny = ReduceMax(a)');
  });
});

describe('reduction-of-reduction', () => {
  const one = (op: string, axes: string, keep: number) =>
    `y = ${op}(x, ${axes}) { keepdims: ${keep}, noop_with_empty_axes: 1 }`;
  it('reduces once', () => {
    becomes(
      'a = ReduceSum(x, int64[1] [1]) { keepdims: 0 }\ny = ReduceSum(a, int64[1] [1]) { keepdims: 0 }',
      one('ReduceSum', 'int64[2] [1, 2]', 0),
    );
    becomes(
      'a = ReduceMean(x, int64[1] [-1])\ny = ReduceMean(a, int64[1] [0])',
      one('ReduceMean', 'int64[2] [0, 2]', 1),
    );
    becomes(
      'a = ReduceMax(x, int64[1] [0]) { keepdims: 0 }\ny = ReduceMax(a) { keepdims: 0 }',
      one('ReduceMax', 'int64[3] [0, 1, 2]', 0),
      'int32[N,3,4]',
    );
  });

  it('leaves others', () => {
    stays('a = ReduceSum(x, int64[1] [1])\ny = ReduceSum(a, int64[1] [2]) { keepdims: 0 }');
    stays('a = ReduceSum(x, int64[1] [1])\ny = ReduceMax(a, int64[1] [2])');
    stays('a = ReduceSum(x, int64[1] [1])\ny = ReduceSum(a, int64[1] [2])\noutput a');
    stays('a = ReduceMean(x, int64[1] [1])\ny = ReduceMean(a, int64[1] [2])', 'int32[N,3,4]');
  });

  it('gives the same values', async () => {
    const text = (op: string) =>
      net(
        `a = ${op}(x, int64[1] [1]) { keepdims: 0 }\nb = ${op}(a, int64[1] [1]) { keepdims: 0 }\ny = Reshape(b, int64[3] [2, 1, 1])`,
        'float32[2,3,4]',
      );
    await expectSameValues(text('ReduceSum'), mergeReductions);
    await expectSameValues(text('ReduceMean'), mergeReductions);
  });
});
