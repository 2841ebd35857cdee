import { describe, it } from 'vitest';
import { expectRewrite, expectUnchanged } from '../../testing/expect.ts';
import { removeNoOps } from './remove-no-ops.ts';

/** `text` computes y from x. */
const net = (text: string, type = 'float32[N,3,8,8]') => `input x: ${type}\n${text}\nh = Abs(y)\noutput h`;
const removed = (text: string, type?: string) =>
  expectRewrite(net(text, type), net('', type).replace('y', 'x'), removeNoOps);
const kept = (text: string, type?: string) => expectUnchanged(net(text, type), removeNoOps);

describe('pass-through', () => {
  it('removes what gives its input on', () => {
    removed('y = Identity(x)');
    removed('y = Dropout(x, float32[] [0.5])');
    removed('y = Cast(x) { to: "float32" }');
    removed('y = Reshape(x, int64[4] [-1, 3, 8, 8])');
    removed('y = Reshape(x, int64[4] splat 0)');
    removed('y = Transpose(x) { perm: [0, 1, 2, 3] }');
    removed('y = Slice(x, int64[1] [0], int64[1] [9223372036854775807], int64[1] [2])');
    removed('y = Slice(x, int64[2] [0, 0], int64[2] [3, 8], int64[2] [1, 3])');
    removed('y = Expand(x, int64[4] splat 1)');
    removed('y = Expand(x, int64[2] [8, 1])');
    removed('y = Pad(x, int64[8] splat 0)');
    removed('y = Concat(x) { axis: 1 }');
    removed('y = Tile(x, int64[4] splat 1)');
    removed('y = Squeeze(x, int64[0] [])');
    removed('y = Clip(x)');
  });

  it('removes it in front of a graph output, which keeps its name', () => {
    expectRewrite(
      'input x: float32[2]\na = Abs(x)\ny = Identity(a)\noutput y',
      'input x: float32[2]\ny = Abs(x)\noutput y',
      removeNoOps,
    );
    expectRewrite('input x: float32[2]\ny = Identity(x)\noutput y', 'input x: float32[2]\noutput y = x', removeNoOps);
  });

  it('removes whole chains', () => {
    removed('a = Identity(x)\nb = Cast(a) { to: "float32" }\ny = Transpose(b) { perm: [0, 1, 2, 3] }');
  });

  it('keeps what changes something', () => {
    kept('y = Cast(x) { to: "float16" }');
    kept('y = Reshape(x, int64[3] [-1, 3, 64])');
    kept('y = Reshape(x, int64[4] [3, -1, 8, 8])');
    kept('y = Transpose(x) { perm: [0, 1, 3, 2] }');
    kept('y = Transpose(x) { perm: [1, 0, 2, 3] }', 'float32[N,N,8,8]');
    kept('y = Slice(x, int64[1] [1], int64[1] [8], int64[1] [2])');
    kept('y = Slice(x, int64[1] [-1], int64[1] [-9], int64[1] [2], int64[1] [-1])');
    kept('y = Slice(x, int64[1] [0], int64[1] [8], int64[1] [0])');
    kept('y = Expand(x, int64[5] splat 1)');
    kept('y = Expand(x, int64[4] [1, 3, 8, 8])', 'float32[1,3,1,8]');
    kept('y = Pad(x, int64[8] [0, 0, 1, 0, 0, 0, -1, 0])');
    kept('y = Concat(x, x) { axis: 1 }');
  });
});

describe('neutral-operand', () => {
  it('removes +0, −0, ·1, /1 and ¹', () => {
    removed('y = Add(x, float32[] [0])');
    removed('y = Add(float32[3,1,1] splat 0, x)');
    removed('y = Sub(x, float32[1] [0])');
    removed('y = Mul(float32[] [1], x)');
    removed('y = Mul(x, float16[3,1,1] splat 1)', 'float16[N,3,8,8]');
    removed('y = Div(x, float32[8] splat 1)');
    removed('y = Pow(x, float32[] [1])');
    removed('y = Add(x, int32[] [0])', 'int32[N]');
    removed('y = Min(x, float32[] [inf])');
    removed('y = Max(float32[8] splat -inf, x)');
    removed('y = BitwiseOr(x, int32[] [0])', 'int32[N]');
    const bools = (text: string) =>
      expectRewrite(
        `input x: bool[N,3]\n${text}\nh = Not(y)\noutput h`,
        'input x: bool[N,3]\nh = Not(x)\noutput h',
        removeNoOps,
      );
    bools('y = And(x, bool[3] splat 1)');
    bools('y = Or(bool[] [0], x)');
    bools('y = Xor(x, bool[1] [0])');
  });

  it('keeps others, and those that broadcast', () => {
    kept('y = Add(x, float32[] [1])');
    kept('y = Sub(float32[] [0], x)');
    kept('y = Div(float32[] [1], x)');
    kept('y = Mul(x, float32[2] [1, 2])', 'float32[2]');
    kept('y = Mul(x, float32[1,4] splat 1)', 'float32[4]');
    kept('y = Mul(x, float32[4] splat 1)', 'float32[1]');
    kept('y = Pow(float32[] [1], x)');
  });
});

describe('clip-without-bounds', () => {
  it('removes infinite bounds', () => {
    removed('y = Clip(x, float32[] [-inf], float32[] [inf])');
    expectRewrite(net('y = Clip(x, float32[] [0], float32[] [inf])'), net('y = Clip(x, float32[] [0])'), removeNoOps);
    expectRewrite(
      net('y = Clip(x, float32[] [-inf], float32[] [6])'),
      net('y = Clip(x, -, float32[] [6])'),
      removeNoOps,
    );
  });

  it('keeps finite ones', () => {
    kept('y = Clip(x, float32[] [0], float32[] [6])');
    kept('y = Clip(x, float32[] [-3.40282346638528860e38], float32[] [3.40282346638528860e38])');
    kept('y = Clip(x, float32[] [inf], float32[] [6])');
  });
});

describe('resize-to-same-size', () => {
  it('removes it', () => {
    removed('y = Resize(x, -, float32[4] splat 1)');
    removed('y = Resize(x, -, float32[4] splat 1) { mode: "cubic", coordinate_transformation_mode: "align_corners" }');
    removed('y = Resize(x, -, -, int64[2] [8, 8]) { axes: [2, 3], mode: "linear" }');
    removed('y = Resize(x, -, float32[1] [1]) { axes: [3], mode: "linear" }', 'float16[N,3,H,W]');
  });

  it('keeps others', () => {
    kept('y = Resize(x, -, float32[4] [1, 1, 2, 2]) { mode: "linear" }');
    kept('y = Resize(x, -, -, int64[2] [8, 9]) { axes: [2, 3], mode: "linear" }');
    // The size stays, the scale does not.
    kept('y = Resize(x, -, float32[2] [1.1, 1]) { axes: [2, 3], mode: "linear" }');
    kept(
      'y = Resize(x, float32[4] [0, 0, 0.5, 0.5], -, int64[2] [8, 8]) { axes: [2, 3], mode: "linear", coordinate_transformation_mode: "tf_crop_and_resize" }',
    );
  });
});

describe('unused-outputs', () => {
  it('leaves out what nothing reads', () => {
    removed('y, m = Dropout(x)');
    expectRewrite(
      net('y, i = MaxPool(x) { kernel_shape: [2, 2] }'),
      net('y = MaxPool(x) { kernel_shape: [2, 2] }'),
      removeNoOps,
    );
    expectRewrite(
      net('y, m, d = LayerNormalization(x, float32[8] splat 2)'),
      net('y = LayerNormalization(x, float32[8] splat 2)'),
      removeNoOps,
    );
  });

  it('keeps what is read, and what there must be', () => {
    kept('y, m = Dropout(x)\nn = Not(m)\noutput n');
    kept('y, i = MaxPool(x) { kernel_shape: [2, 2] }\noutput i');
    kept('y, i = TopK(x, int64[1] [2])');
    kept('y, z = Split(x) { axis: -1, num_outputs: 2 }');
  });
});
