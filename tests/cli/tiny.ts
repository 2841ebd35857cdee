// A tiny model, as the bytes of its ONNX file and as an engine: y = relu(x · w) for x of 2 x 3 and w of 3 x 4.

import { build, bytesOf } from '@trtx/builder';
import type { Tensor } from '@trtx/ir';
import { importModel } from '@trtx/onnx';
import { encodeModel, type OracleNode } from '../support/onnx-oracle.ts';

const floats = (dims: readonly number[], at: (i: number) => number): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => at(i)),
});

const INPUTS = { x: floats([2, 3], (i) => i - 2) };
const WEIGHTS = { w: floats([3, 4], (i) => (i % 5) - 2) };

/** The input that `tinyOutput` belongs to. */
export const tinyInput = INPUTS.x.data as Float32Array;

/** What the model gives for it. */
export const tinyOutput = Float32Array.from({ length: 8 }, (_, at) => {
  const [row, column] = [Math.floor(at / 4), at % 4];
  let sum = 0;
  for (let k = 0; k < 3; k++) sum += tinyInput[row * 3 + k]! * (WEIGHTS.w.data as Float32Array)[k * 4 + column]!;
  return Math.max(0, sum);
});

const NODES: OracleNode[] = [
  { op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'] },
  { op: 'Relu', inputs: ['h'], outputs: ['y'] },
];

export function tinyModel(): Uint8Array {
  return encodeModel(NODES, INPUTS, { constants: WEIGHTS });
}

/** The model with nodes that nobody has defined. */
export function unknownModel(): Uint8Array {
  const nodes: OracleNode[] = [
    { op: 'Frobnicate', inputs: ['x'], outputs: ['a'], domain: 'com.example' },
    { op: 'Frobnicate', inputs: ['a'], outputs: ['b'], domain: 'com.example' },
    { op: 'Relu', inputs: ['b'], outputs: ['c'] },
    { op: 'Transmogrify', inputs: ['c'], outputs: ['y'], domain: 'com.example' },
  ];
  return encodeModel(nodes, INPUTS, { domains: { 'com.example': 1 } });
}

/** The engine file, for any device. */
export async function tinyEngine(): Promise<Uint8Array<ArrayBuffer>> {
  const { graph } = await importModel(tinyModel(), { name: 'tiny' });
  return bytesOf(build(graph).file);
}
