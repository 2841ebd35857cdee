import { parseGraph, standardOps } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';

it('has an example that works', () => {
  const text = 'graph g\n  input x: float32[N]\n  a = Identity(x)\n  y = Relu(a)\n  output y';
  const files = { 'model.onnx': exportModel(parseGraph(text, standardOps)) };
  expectExample(new URL('../README.md', import.meta.url), { files });
});
