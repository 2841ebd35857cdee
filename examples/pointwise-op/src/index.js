// Snake, the activation of audio networks: x + sin²(a·x)/a, with an `a` that broadcasts, mostly one for each channel.
// (L. Ziyin, T. Hartwig, M. Ueda: Neural Networks Fail to Learn Periodic Functions and How to Fix It, 2020.)

import { definePointwise, scalar } from '@trtx/ir';
import { definePlugin } from '@trtx/plugin';

export const snake = definePointwise({
  domain: 'com.example',
  name: 'Snake',
  since: 1,
  summary: 'x + sin²(a·x)/a',
  operands: [
    ['x', ['float32', 'float16']],
    ['a', ['float32', 'float16']],
  ],
  scalar(_, x, a) {
    const wave = scalar.unary('sin', scalar.binary('mul', a, x));
    return scalar.binary('add', x, scalar.binary('div', scalar.binary('mul', wave, wave), a));
  },
});

export const plugin = definePlugin({
  name: 'trtx-example-pointwise-op',
  version: '1.0.0',
  apiVersion: { ir: 1, kernels: 1 },
  ops: [snake],
});
