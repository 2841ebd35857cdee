// The example of README.md runs, and prints what it says.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as onnx from './index.ts';
import { info, modelBytes, node, numbers } from './testing/models.ts';

it('prints what the readme shows', async () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [code, printed] = [...text.matchAll(/```\w*\n(.*?)```/gs)].map((block) => block[1]!);
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
  const lines: string[] = [];
  const given = { ...onnx, bytes, console: { log: (line: string) => lines.push(line) } };
  const body = `return (async () => {${code!.replace(/^import .*$/gm, '')}})()`;
  await new Function(...Object.keys(given), body)(...Object.values(given));
  expect(`${lines.join('\n')}\n`).toBe(printed);
});
