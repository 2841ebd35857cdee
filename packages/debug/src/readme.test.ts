import { readFileSync } from 'node:fs';
import { GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';

it('has an example that works', () => {
  const b = new GraphBuilder('model');
  const x = b.input('x', 'float32', [1, 3]);
  const product = b.MatMul(x, b.constant('float32', [3, 2], [1, 2, 3, 4, 5, 6]));
  b.output('y', b.Relu(product, {}, { name: 'Relu_1' }));
  expectExample(new URL('../README.md', import.meta.url), { files: { 'model.onnx': exportModel(b.graph) } });
});

it('has an example of a search that works', () => {
  const before = `
    import { parseGraph, standardOps } from '@trtx/ir';
    import { definePass, defineRule } from '@trtx/passes';
    import { definePlugin } from '@trtx/plugin';
    import { requestNodeDevice } from '@trtx/runtime/node';
    const { device, release } = (await requestNodeDevice())!;
    const text = 'graph g\\ninput x: float32[3]\\na = Neg(x) as first\\nb = Tanh(a) as second\\ny = Abs(b) as third\\noutput y\\n';
    const graph = parseGraph(text, standardOps);
    const inputs = new Map([['x', { dtype: 'float32' as const, dims: [3], data: Float32Array.of(1, 2, 3) }]]);
    const wrong = defineRule({
      name: 'wrong',
      ops: ['Tanh'],
      apply: (node, patch) => patch.replace(node.output, patch.node('Sigmoid', [node.inputs[0]!]), 'wrong'),
    });
    const plugins = [definePlugin({
      name: 'planted',
      version: '1.0.0',
      apiVersion: { ir: 1, kernels: 1 },
      passes: [{ pass: definePass({ name: 'planted', summary: '', rules: [wrong] }), after: 'merge-unary', level: 1 }],
    })];`;
  expectExample(new URL('../README.md', import.meta.url), { block: 1, before, last: 'release();' });
});

it('lists every error code', () => {
  const [readme, codes] = ['../README.md', 'codes.ts'].map((path) =>
    readFileSync(new URL(path, import.meta.url), 'utf8'),
  );
  for (const [, code] of codes!.matchAll(/\| '([A-Z_]+)'/g)) expect(readme).toContain(`\`${code}\``);
});
