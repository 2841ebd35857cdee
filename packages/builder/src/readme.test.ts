import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectEngine } from '@trtx/engine';
import { exportModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';
import { matmulGraph, softmaxGraph } from './testing/models.ts';

it('has an example that works', () => {
  expectExample(new URL('../README.md', import.meta.url), {
    files: { 'model.onnx': exportModel(matmulGraph()) },
    after(folder) {
      const { symbols } = inspectEngine(new Uint8Array(readFileSync(join(folder, 'model.trtx'))));
      expect(symbols).toEqual([{ name: 'N', min: 1, max: 8, multipleOf: 1 }]);
    },
  });
});

it('has an example of float16 that works', () => {
  expectExample(new URL('../README.md', import.meta.url), {
    block: 1,
    files: { 'model.onnx': exportModel(softmaxGraph()) },
  });
});
