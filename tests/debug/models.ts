// What the tests of comparison and fault finding work on.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Graph, GraphBuilder } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { bundleInto } from '../cli/bundle.ts';
import { WRONG_LENGTH } from './planted.ts';

/** Two layers, the second of which has sums as long as the planted kernel gets wrong, and Softmax behind them. */
export function layersGraph(): Graph {
  const b = new GraphBuilder('layers');
  const weights = (rows: number, columns: number) =>
    b.constant(
      'float32',
      [rows, columns],
      Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 1.7) / Math.sqrt(rows)),
    );
  const x = b.input('x', 'float32', [8, 32]);
  const first = b.MatMul(x, weights(32, WRONG_LENGTH), {}, { name: 'first', outputs: ['a'] });
  const relu = b.Relu(first, {}, { name: 'relu', outputs: ['r'] });
  const second = b.MatMul(relu, weights(WRONG_LENGTH, 16), {}, { name: 'second', outputs: ['b'] });
  b.output('y', b.Softmax(second, {}, { name: 'softmax', outputs: ['y'] }));
  return b.graph;
}

export function writeModel(folder: string, graph: Graph, name = 'model.onnx'): string {
  const file = join(folder, name);
  writeFileSync(file, exportModel(graph));
  return file;
}

/** The plugin with the planted fault as a file for `--plugin`. */
export async function plantedPlugin(folder: string): Promise<string> {
  const file = join(folder, 'planted.mjs');
  await bundleInto(file, fileURLToPath(new URL('planted.ts', import.meta.url)));
  return file;
}
