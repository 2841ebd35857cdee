// The example of README.md runs, and prints what it says.

import { it } from 'vitest';
import { expectExample } from '../../../tests/support/readme.ts';
import { info, modelBytes, node, numbers } from './testing/models.ts';

it('prints what the readme shows', () => {
  const bytes = modelBytes({
    opset: 9,
    inputs: [info('image', 'float32', ['batch', 3, 'H', 'W'])],
    initializers: [numbers('shape', 'int64', [2], [0, 3])],
    nodes: [
      node('Clip', ['image'], ['clipped'], { min: { float: 0 } }),
      node('GlobalAveragePool', ['clipped'], ['pooled']),
      node('Reshape', ['pooled', 'shape'], ['flat']),
      node('Softmax', ['flat'], ['scores']),
    ],
    outputs: ['scores'],
  });
  expectExample(new URL('../README.md', import.meta.url), { files: { 'model.onnx': bytes } });
});
