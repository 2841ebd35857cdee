// Small models made here, as the bytes of their files.

import { build, bytesOf } from '@trtx/builder';
import { GraphBuilder, type Tensor } from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { encodeModel, type OracleNode } from '../support/onnx-oracle.ts';

const WEIGHTS = Array.from({ length: 12 }, (_, i) => (i % 5) - 2);

/** An input of the tiny model, and what it gives for it. */
export const tinyInput: Tensor = { dtype: 'float32', dims: [2, 3], data: Float32Array.of(-2, -1, 0, 1, 2, 3) };
export const tinyOutput: Tensor = {
  dtype: 'float32',
  dims: [2, 4],
  data: Float32Array.from({ length: 8 }, (_, i) => {
    const column = (k: number) => WEIGHTS[k * 4 + (i % 4)]!;
    const row = tinyInput.data.slice(i < 4 ? 0 : 3) as Float32Array;
    return Math.max(0, row[0]! * column(0) + row[1]! * column(1) + row[2]! * column(2));
  }),
};

/** y = relu(x · w) for x of 2 x 3 and w of 3 x 4. */
export function tinyModel(): Uint8Array {
  const b = new GraphBuilder('tiny');
  const x = b.input('x', 'float32', [2, 3]);
  b.output('y', b.Relu(b.MatMul(x, b.constant('float32', [3, 4], WEIGHTS, 'w'))));
  return exportModel(b.graph);
}

/** The tiny model's engine file, for any device. */
export async function tinyEngine(): Promise<Uint8Array<ArrayBuffer>> {
  const { graph } = await importModel(tinyModel(), { name: 'tiny' });
  return bytesOf(build(graph).file);
}

/** Takes a picture of any size, gives one of four channels. */
export function pictureModel(): Uint8Array {
  const b = new GraphBuilder('picture');
  const image = b.input('image', 'float32', [1, 3, 'H', 'W']);
  const w = b.constant(
    'float32',
    [4, 3, 3, 3],
    Array.from({ length: 108 }, (_, i) => ((i % 7) - 3) / 8),
    'w',
  );
  b.output('features', b.Relu(b.Conv(image, w, { pads: [1, 1, 1, 1] })));
  return exportModel(b.graph);
}

/** A model with nodes that nobody has defined. */
export function unknownModel(): Uint8Array {
  const nodes: OracleNode[] = [
    { op: 'Frobnicate', inputs: ['x'], outputs: ['a'], domain: 'com.example' },
    { op: 'Frobnicate', inputs: ['a'], outputs: ['b'], domain: 'com.example' },
    { op: 'Relu', inputs: ['b'], outputs: ['c'] },
    { op: 'Transmogrify', inputs: ['c'], outputs: ['y'], domain: 'com.example' },
  ];
  return encodeModel(nodes, { x: tinyInput }, { domains: { 'com.example': 1 } });
}
