// The plugin __name__. It begins with one op, which its expression tells; one that needs a kernel has `defineOp`,
// `defineKernel` of @trtx/codegen and `defineReference` of @trtx/reference instead.

import { definePointwise, scalar } from '@trtx/ir';
import { definePlugin } from '@trtx/plugin';

export const __id__ = definePointwise({
  domain: 'com.example',
  name: '__Name__',
  since: 1,
  summary: 'x · |x|',
  operands: [['x', ['float32', 'float16']]],
  scalar: (_, x) => scalar.binary('mul', x, scalar.unary('abs', x)),
});

export const plugin = definePlugin({
  name: 'trtx-plugin-__name__',
  version: '0.1.0',
  apiVersion: { ir: 1, kernels: 1 },
  ops: [__id__],
});
