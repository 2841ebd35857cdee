import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { sinkTransposes } from './sink-transposes.ts';

const net = (type: string, text: string) => `input x: ${type}\n${text}\noutput y`;
const becomes = (type: string, from: string, to: string) =>
  expectRewrite(net(type, from), net(type, to), sinkTransposes);
const stays = (type: string, text: string) => expectUnchanged(net(type, text), sinkTransposes);

const LAST = '{ perm: [0, 2, 3, 1] }';
const FIRST = '{ perm: [0, 3, 1, 2] }';
/** What `text` does to t, the input with channels last, and channels first again. */
const between = (text: string) => `t = Transpose(x) ${LAST}\n${text}\ny = Transpose(r) ${FIRST}`;

describe('a pair with ops between', () => {
  it('cancels around pointwise ops, whose constants turn', () => {
    becomes('float32[N,2,H,W]', between('r = Relu(t)'), 'y = Relu(x)');
    becomes(
      'float32[N,2,H,W]',
      between('a = Add(t, float32[2] [3, 4])\nr = Clip(a, float32[] [0], float32[] [6])'),
      'a = Add(x, float32[2,1,1] [3, 4])\ny = Clip(a, float32[] [0], float32[] [6])',
    );
    becomes(
      'float32[N,2,2,3]',
      between('r = Mul(float32[2,3,2] [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], t)'),
      'y = Mul(float32[2,2,3] [1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12], x)',
    );
    becomes(
      'float32[N,2,H,W]',
      between('c = Cast(t) { to: "int32" }\nr = Mul(c, int32[2] [3, 4])'),
      'c = Cast(x) { to: "int32" }\ny = Mul(c, int32[2,1,1] [3, 4])',
    );
  });

  it('cancels where a value is read twice', () => {
    becomes('float32[N,2,H,W]', between('s = Sigmoid(t)\nr = Mul(t, s)'), 's = Sigmoid(x)\ny = Mul(x, s)');
  });

  it('cancels around reductions', () => {
    becomes('float32[N,2,H,W]', between('r = ReduceMean(t, int64[2] [1, 2])'), 'y = ReduceMean(x, int64[2] [2, 3])');
    becomes('float32[N,2,H,W]', between('r = Softmax(t) { axis: -1 }'), 'y = Softmax(x) { axis: 1 }');
    becomes('float32[N,2,H,W]', between('r = ArgMax(t) { axis: 3 }'), 'y = ArgMax(x) { axis: 1 }');
    // Without the axes that are gone, the others are in their order: no Transpose is left.
    becomes(
      'float32[N,2,H,W]',
      `t = Transpose(x) ${LAST}\ny = ReduceSum(t, int64[2] [1, -2]) { keepdims: 0 }`,
      'y = ReduceSum(x, int64[2] [2, 3]) { keepdims: 0 }',
    );
  });

  it('cancels around Concat, Split, Slice and Pad', () => {
    becomes(
      'float32[N,2,4,4]',
      between('r = Concat(t, float32[1,4,4,1] splat 0) { axis: 3 }').replaceAll('N', '1'),
      'y = Concat(x, float32[1,1,4,4] splat 0) { axis: 1 }',
    );
    becomes(
      'float32[N,2,H,W]',
      between('a, b = Split(t) { axis: -1, num_outputs: 2 }\nr = Add(a, b)'),
      'a, b = Split(x) { axis: 1, num_outputs: 2 }\ny = Add(a, b)',
    );
    becomes(
      'float32[N,2,8,8]',
      between('r = Slice(t, int64[2] [1, 0], int64[2] [5, 1], int64[2] [1, -1])'),
      'y = Slice(x, int64[2] [1, 0], int64[2] [5, 1], int64[2] [2, 1])',
    );
    becomes(
      'float32[N,2,8,8]',
      between('r = Slice(t, int64[2] [0, 1], int64[2] [9, 5])').replaceAll('N', '1'),
      'y = Slice(x, int64[2] [0, 1], int64[2] [9, 5], int64[2] [0, 2])',
    );
    becomes(
      'float32[N,2,8,8]',
      between('r = Slice(t, int32[1] [1], int32[1] [5], int32[1] [-1])'),
      'y = Slice(x, int32[1] [1], int32[1] [5], int32[1] [1])',
    );
    becomes(
      'float32[N,2,H,W]',
      between('r = Pad(t, int64[8] [0, 1, 2, 3, 0, 4, 5, 6])'),
      'y = Pad(x, int64[8] [0, 3, 1, 2, 0, 6, 4, 5])',
    );
    becomes(
      'float32[N,2,H,W]',
      between('r = Pad(t, int64[2] [3, 6], -, int64[1] [3])'),
      'y = Pad(x, int64[8] [0, 3, 0, 0, 0, 6, 0, 0])',
    );
  });

  it('cancels around Reshapes that add and remove axes of size 1', () => {
    becomes(
      'float32[N,2,1,W]',
      `t = Transpose(x) ${LAST}\ns = Reshape(t, int64[3] [0, -1, 2])\ny = Transpose(s) { perm: [0, 2, 1] }`,
      'y = Reshape(x, int64[3] [0, 2, -1])',
    );
    becomes(
      'float32[N,2,W]',
      't = Transpose(x) { perm: [0, 2, 1] }\ns = Reshape(t, int64[4] [0, 1, -1, 2])\ny = Transpose(s) { perm: [0, 3, 1, 2] }',
      'y = Reshape(x, int64[4] [0, 2, 1, -1])',
    );
  });
});

describe('several of one kind', () => {
  it('become one where they do not cancel', () => {
    becomes(
      'float32[N,2,4,4]',
      `t = Transpose(x) ${LAST}\nr = Relu(t)\ny = Transpose(r) ${LAST}`,
      `r = Relu(x)\ny = Transpose(r) ${FIRST}`,
    );
  });

  it('become one', () => {
    expectRewrite(
      `input z: float32[N,2,H,W]\n${net('float32[N,2,H,W]', `a = Transpose(x) ${LAST}\nb = Transpose(z) ${LAST}\ny = Add(a, b)`)}`,
      `input z: float32[N,2,H,W]\n${net('float32[N,2,H,W]', `a = Add(x, z)\ny = Transpose(a) ${LAST}`)}`,
      sinkTransposes,
    );
    expectRewrite(
      `input z: float32[N,3,H,W]\n${net('float32[N,2,H,W]', `a = Transpose(x) ${LAST}\nb = Transpose(z) ${LAST}\nc = Concat(a, b) { axis: 3 }\ny = Transpose(c) { perm: [1, 0, 2, 3] }`)}`,
      `input z: float32[N,3,H,W]\n${net('float32[N,2,H,W]', 'a = Concat(x, z) { axis: 1 }\ny = Transpose(a) { perm: [2, 0, 3, 1] }')}`,
      sinkTransposes,
    );
  });

  it('turn what joins them, where that saves more', () => {
    expectRewrite(
      `input z: float32[N,H,W,2]\n${net('float32[N,2,H,W]', between('r = Add(t, z)'))}`,
      `input z: float32[N,H,W,2]\n${net('float32[N,2,H,W]', `t = Transpose(z) ${FIRST}\ny = Add(x, t)`)}`,
      sinkTransposes,
    );
  });

  it('move only as far as that pays', () => {
    expectRewrite(
      `${net('float32[N,2,H,W]', `${between('s = Abs(t)\nr = Neg(s)')}\nz = Flatten(s)`)}\noutput z`,
      `${net('float32[N,2,H,W]', `s = Abs(x)\ny = Neg(s)\nt = Transpose(s) ${LAST}\nz = Flatten(t)`)}\noutput z`,
      sinkTransposes,
    );
  });
});

describe('stays', () => {
  it('where no fewer would be left', () => {
    stays('float32[N,2,H,W]', `t = Transpose(x) ${LAST}\ny = Relu(t)`);
    stays('float32[N,2,H,W]', `t = Transpose(x) ${LAST}\na, y = Split(t) { axis: 3, num_outputs: 2 }\noutput a`);
    stays('float32[N,2,H,W]', `${between('r = Relu(t)')}\noutput t\noutput r`);
  });

  it('where a value meets its own Transpose', () => {
    stays(
      'float32[N,4,4]',
      't = Transpose(x) { perm: [0, 2, 1] }\nc = Concat(x, t) { axis: 0 }\ny = Transpose(c) { perm: [1, 2, 0] }',
    );
  });

  it('where the order of axes counts', () => {
    stays('float32[N,2,H,W]', between('s = Reshape(t, int64[4] [0, 2, -1, 2])\nr = Relu(s)').replaceAll('H,W', '4,4'));
    stays(
      'float32[2,4,4]',
      't = Transpose(x) { perm: [1, 2, 0] }\nr = MatMul(t, float32[2,2] splat 1)\ny = Transpose(r) { perm: [2, 0, 1] }',
    );
    const parts = 'float32[1] [2], float32[1] [3], float32[1] [5], float32[1] [7]';
    stays('float32[N,2,1,3]', between(`r = BatchNormalization(t, ${parts})`));
    expectUnchanged(`input c: float32[2]\n${net('float32[N,2,H,W]', between('r = Add(t, c)'))}`, sinkTransposes);
  });
});

it('computes the same', async () => {
  for (const text of [
    between('a = Mul(t, float32[3] #a)\nb = Softmax(a) { axis: 2 }\nr = Add(b, float32[5,6,3] #b)'),
    between(
      'a = Slice(t, int64[2] [1, 0], int64[2] [4, 2], int64[2] [2, 3])\nr = Pad(a, int64[8] [0, 1, 2, 3, 0, 4, 5, 6])',
    ),
    `t = Transpose(x) ${LAST}\na = ReduceMax(t, int64[1] [1]) { keepdims: 0 }\ny = Transpose(a) { perm: [0, 2, 1] }`,
    `t = Transpose(x) ${LAST}\na = ReduceMax(t, int64[1] [3]) { keepdims: 0 }\nb = Relu(t)\ny = Transpose(b) { perm: [3, 1, 2, 0] }\noutput a`,
  ])
    await expectSameValues(net('float32[2,3,5,6]', text), sinkTransposes);
});
