// A tensor in a file of its own, as ONNX's test data have it (`input_0.pb`).

import type { Constant } from '@trtx/ir';
import { readTensor } from '../source/tensor.ts';
import { decodeTensor } from '../wire/index.ts';

/**
 * The tensor of a `.pb` file; its data is a view of the bytes where the file has them raw.
 * @throws TrtxError ONNX_PARSE, ONNX_MODEL
 */
export function readTensorFile(bytes: Uint8Array): { name: string; tensor: Constant } {
  const proto = decodeTensor(bytes);
  return { name: proto.name ?? '', tensor: readTensor(proto) };
}
