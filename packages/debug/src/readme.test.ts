import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';

it('has an example that works', () => {
  const b = new GraphBuilder('model');
  const x = b.input('x', 'float32', [1, 3]);
  const product = b.MatMul(x, b.constant('float32', [3, 2], [1, 2, 3, 4, 5, 6]));
  b.output('y', b.Relu(product, {}, { name: 'Relu_1' }));
  expectExample(new URL('../README.md', import.meta.url), { files: { 'model.onnx': exportModel(b.graph) } });
});
