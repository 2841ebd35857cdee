import { describe, it } from 'vitest';
import { expectRewrite, expectSameValues, expectUnchanged } from '../../testing/expect.ts';
import { mergeConvolutions } from './merge-convolutions.ts';

const net = (type: string, text: string) => `input x: ${type}\n${text}\noutput y`;
const becomes = (type: string, from: string, to: string) =>
  expectRewrite(net(type, from), net(type, to), mergeConvolutions);
const stays = (type: string, text: string) => expectUnchanged(net(type, text), mergeConvolutions);

describe('pointwise-after', () => {
  it('is worked into the weights before it', () => {
    becomes(
      'float32[N,1,8]',
      'c = Conv(x, float32[2,1,2] [1, 2, 3, 4])\ny = Conv(c, float32[1,2,1] [10, 1])',
      'y = Conv(x, float32[1,1,2] [13, 24])',
    );
    becomes(
      'float32[N,1,H,W]',
      'c = Conv(x, float32[2,1,1,2] [1, 2, 3, 4], float32[2] [1, 2]) { strides: [2, 2], pads: [0, 1, 0, 1] }\ny = Conv(c, float32[1,2,1,1] [10, 1], float32[1] [5])',
      'y = Conv(x, float32[1,1,1,2] [13, 24], float32[1] [17]) { strides: [2, 2], pads: [0, 1, 0, 1] }',
    );
    becomes(
      'float16[N,2,8]',
      'c = Conv(x, float16[2,2,1] [1, 2, 3, 4], float16[2] [1, 2])\ny = Conv(c, float16[2,2,1] [1, 0, 0, 2])',
      'y = Conv(x, float16[2,2,1] [1, 2, 6, 8], float16[2] [1, 4])',
    );
  });

  it('stays where that is more work', () => {
    // 8 → 1 → 8: 64 multiplications for each place instead of 16.
    stays('float32[N,8,4]', 'c = Conv(x, float32[1,8,1] splat 1)\ny = Conv(c, float32[8,1,1] splat 1)');
    stays('float32[N,1,8]', 'c = Conv(x, float32[1,1,3] splat 1)\ny = Conv(c, float32[9,1,1] splat 1)');
  });

  it('stays where something reads what is between, or it has padding, strides or groups', () => {
    const first = 'c = Conv(x, float32[2,1,2] [1, 2, 3, 4])';
    stays('float32[N,1,8]', `${first}\ny = Conv(c, float32[1,2,1] [10, 1])\noutput c`);
    stays('float32[N,1,8]', `${first}\nz = Abs(c)\ny = Conv(c, float32[1,2,1] [10, 1])\noutput z`);
    stays('float32[N,1,8]', `${first}\nr = Relu(c)\ny = Conv(r, float32[1,2,1] [10, 1])`);
    stays('float32[N,1,8]', `${first}\ny = Conv(c, float32[1,2,1] [10, 1]) { pads: [1, 1] }`);
    stays('float32[N,1,8]', `${first}\ny = Conv(c, float32[1,2,1] [10, 1]) { strides: [2] }`);
    stays('float32[N,1,8]', `${first}\ny = Conv(c, float32[2,1,1] [10, 1]) { group: 2 }`);
    stays('float32[N,2,8]', 'c = Conv(x, float32[2,1,1] [1, 2]) { group: 2 }\ny = Conv(c, float32[1,2,1] [10, 1])');
    stays('float32[N,1,8]', `${first}\ny = Conv(c, float32[1,2,1] [inf, 1])`);
    expectUnchanged(`input w: float32[1,2,1]\n${net('float32[N,1,8]', `${first}\ny = Conv(c, w)`)}`, mergeConvolutions);
  });
});

describe('pointwise-before', () => {
  it('is worked into the weights after it', () => {
    becomes(
      'float32[N,1,8]',
      'c = Conv(x, float32[2,1,1] [10, 1])\ny = Conv(c, float32[1,2,2] [1, 2, 3, 4]) { pads: [1, 1], strides: [2] }',
      'y = Conv(x, float32[1,1,2] [13, 24]) { pads: [1, 1], strides: [2] }',
    );
    becomes(
      'float32[N,1,8]',
      'c = Conv(x, float32[2,1,1] [10, 1], float32[2] [1, 2])\ny = Conv(c, float32[1,2,2] [1, 2, 3, 4], float32[1] [5])',
      'y = Conv(x, float32[1,1,2] [13, 24], float32[1] [22])',
    );
    becomes(
      'float32[N,1,8]',
      'c = Conv(x, float32[2,1,1] [10, 1])\nd = Conv(c, float32[2,2,1] [1, 2, 3, 4])\ny = Conv(d, float32[1,2,2] splat 1)',
      'y = Conv(x, float32[1,1,2] [46, 46])',
    );
  });

  it('stays where its bias would meet padding, or it has a stride', () => {
    const second = 'y = Conv(c, float32[1,2,2] [1, 2, 3, 4])';
    stays('float32[N,1,8]', `c = Conv(x, float32[2,1,1] [10, 1], float32[2] [1, 2])\n${second} { pads: [0, 1] }`);
    stays('float32[N,1,8]', `c = Conv(x, float32[2,1,1] [10, 1]) { strides: [2] }\n${second}`);
    stays('float32[N,1,8]', `c = Conv(x, float32[2,1,1] [10, 1]) { pads: [1, 0] }\n${second}`);
    stays('float32[N,1,8]', `c = Conv(x, float32[2,1,2] [10, 1, 2, 3])\n${second}`);
  });
});

it('computes the same', async () => {
  for (const text of [
    'c = Conv(x, float32[6,4,3,3] #w, float32[6] #b) { pads: [1, 0, 1, 2], dilations: [1, 2] }\ny = Conv(c, float32[3,6,1,1] #v, float32[3] #c)',
    'c = Conv(x, float32[6,4,1,1] #w)\ny = Conv(c, float32[3,6,3,3] #v, float32[3] #c) { auto_pad: "SAME_UPPER", strides: [2, 1] }',
    'c = Conv(x, float32[6,4,1,1] #w, float32[6] #b)\ny = Conv(c, float32[3,6,3,3] #v)',
  ])
    await expectSameValues(net('float32[2,4,6,7]', text), mergeConvolutions);
});
