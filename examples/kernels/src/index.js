// Squared distances between the rows of two matrices, as one dispatch. ONNX files have them as CDist of com.microsoft,
// which @trtx would write out in ops that it has.

import { definePlugin } from '@trtx/plugin';
import { eachElement, eachWorkgroup } from './kernels.js';
import { cdist } from './onnx.js';
import { squaredDistances } from './op.js';
import { reference } from './reference.js';

export { squaredDistances } from './op.js';

export const plugin = definePlugin({
  name: 'trtx-example-kernels',
  version: '1.0.0',
  apiVersion: { ir: 1, kernels: 1 },
  ops: [squaredDistances],
  kernels: [eachElement, eachWorkgroup],
  reference: [reference],
  onnx: { 'com.microsoft': { CDist: cdist } },
});
