import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { mergePads } from './merge-pads.ts';

const net = (text: string, type = 'float32[N,3,8,9]') => `input x: ${type}\n${text}\noutput y`;
const becomes = (from: string, to: string, type?: string) => expectRewrite(net(from, type), net(to, type), mergePads);
const stays = (text: string, type?: string) => expectUnchanged(net(text, type), mergePads);
const PAD = 'int64[8] [0, 0, 1, 2, 0, 0, 3, 0]';
const W = 'float32[2,3,5,5] splat 0.5';

describe('pad-of-pad', () => {
  it('pads once', () => {
    becomes(
      `a = Pad(x, ${PAD})\ny = Pad(a, int64[8] [0, 0, 1, 1, 0, 0, 1, 1])`,
      'y = Pad(x, int64[8] [0, 0, 2, 3, 0, 0, 4, 1]) { mode: "constant" }',
    );
    becomes(
      'a = Pad(x, int64[2] [1, 2], float32[] [7], int64[1] [-1])\ny = Pad(a, int64[2] [3, 4], float32[] [7], int64[1] [2])',
      'y = Pad(x, int64[8] [0, 0, 3, 1, 0, 0, 4, 2], float32[] [7]) { mode: "constant" }',
    );
    becomes(
      `a = Pad(x, ${PAD}, float32[] [0])\ny = Pad(a, ${PAD})`,
      'y = Pad(x, int64[8] [0, 0, 2, 4, 0, 0, 6, 0], float32[] [0]) { mode: "constant" }',
    );
  });

  it('keeps other values and modes, cuts, and what is read in between', () => {
    stays(`a = Pad(x, ${PAD})\ny = Pad(a, ${PAD}, float32[] [1])`);
    stays(`a = Pad(x, ${PAD})\ny = Pad(a, ${PAD}, float32[] [-0])`);
    stays(`a = Pad(x, ${PAD}) { mode: "edge" }\ny = Pad(a, ${PAD})`);
    stays(`a = Pad(x, int64[8] [0, 0, -1, 0, 0, 0, 0, 0])\ny = Pad(a, ${PAD})`);
    stays(`a = Pad(x, ${PAD})\ny = Pad(a, ${PAD})\noutput a`);
  });
});

describe('into-conv', () => {
  it('adds to the pads', () => {
    becomes(`a = Pad(x, ${PAD})\ny = Conv(a, ${W})`, `y = Conv(x, ${W}) { pads: [1, 2, 3, 0] }`);
    becomes(
      `a = Pad(x, ${PAD}, float32[] [0])\ny = Conv(a, ${W}) { pads: [1, 1, 1, 1], strides: [2, 2] }`,
      `y = Conv(x, ${W}) { pads: [2, 3, 4, 1], strides: [2, 2] }`,
    );
    becomes(
      `a = Pad(x, int64[2] [2, 1], -, int64[1] [-1])\ny = Conv(a, ${W}, float32[2] [1, 2]) { auto_pad: "VALID" }`,
      `y = Conv(x, ${W}, float32[2] [1, 2]) { pads: [0, 2, 0, 1] }`,
    );
  });

  it('keeps other pads', () => {
    stays(`a = Pad(x, ${PAD}, float32[] [1])\ny = Conv(a, ${W})`);
    stays(`a = Pad(x, ${PAD}) { mode: "reflect" }\ny = Conv(a, ${W})`);
    stays(`a = Pad(x, ${PAD})\ny = Conv(a, ${W}) { auto_pad: "SAME_UPPER" }`);
    stays(`a = Pad(x, ${PAD})\ny = Conv(a, ${W})\noutput a`);
    stays(`a = Pad(x, int64[8] [0, 1, 0, 0, 0, 0, 0, 0])\ny = Conv(a, ${W})`, 'float32[N,2,8,8]');
    stays(`a = Pad(x, ${PAD})\ny = ConvTranspose(a, float32[3,1,2,2] splat 1)`);
  });
});

describe('into-pool', () => {
  it('adds to the pads', () => {
    becomes(
      `a = Pad(x, ${PAD})\ny = AveragePool(a) { kernel_shape: [4, 4] }`,
      'y = AveragePool(x) { kernel_shape: [4, 4], pads: [1, 2, 3, 0], count_include_pad: 1 }',
    );
    becomes(
      `a = Pad(x, ${PAD})\ny = AveragePool(a) { kernel_shape: [6, 6], pads: [1, 0, 0, 1], count_include_pad: 1 }`,
      'y = AveragePool(x) { kernel_shape: [6, 6], pads: [2, 2, 3, 1], count_include_pad: 1 }',
    );
    becomes(
      `a = Pad(x, ${PAD}, float32[] [-inf])\ny = MaxPool(a) { kernel_shape: [4, 4] }`,
      'y = MaxPool(x) { kernel_shape: [4, 4], pads: [1, 2, 3, 0] }',
    );
    becomes(
      `a = Pad(x, ${PAD})\ny = LpPool(a) { kernel_shape: [4, 4] }`,
      'y = LpPool(x) { kernel_shape: [4, 4], pads: [1, 2, 3, 0] }',
    );
  });

  it('keeps what counts otherwise', () => {
    stays(`a = Pad(x, ${PAD})\ny = MaxPool(a) { kernel_shape: [4, 4] }`);
    stays(`a = Pad(x, ${PAD})\ny = AveragePool(a) { kernel_shape: [6, 6], pads: [1, 0, 0, 1] }`);
    stays(`a = Pad(x, ${PAD})\ny = AveragePool(a) { kernel_shape: [4, 4], ceil_mode: 1 }`);
    stays(`a = Pad(x, ${PAD})\ny = AveragePool(a) { kernel_shape: [3, 3] }`);
    stays(`a = Pad(x, ${PAD})\ny = AveragePool(a) { kernel_shape: [4, 4] }\nb = Abs(a)\noutput b`);
  });

  it('gives the same values', async () => {
    const type = 'float32[2,3,8,9]';
    await expectSameValues(
      net(`a = Pad(x, ${PAD})\ny = Conv(a, float32[2,3,3,3] #w) { pads: [0, 1, 0, 0] }`, type),
      mergePads,
    );
    await expectSameValues(
      net(`a = Pad(x, ${PAD})\ny = AveragePool(a) { kernel_shape: [4, 5], strides: [2, 3] }`, type),
      mergePads,
    );
    await expectSameValues(
      net(`a = Pad(x, ${PAD}, float32[] [-inf])\ny = MaxPool(a) { kernel_shape: [4, 4] }`, type),
      mergePads,
    );
    await expectSameValues(net(`a = Pad(x, ${PAD})\ny = LpPool(a) { kernel_shape: [4, 4] }`, type), mergePads);
  });
});
