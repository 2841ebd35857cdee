// Writes a generated model at other sizes: its inputs with these dims, outputs those of onnxruntime's CPU provider. One file
// when bundled, for a machine with nothing but Node and onnxruntime-node:
//
//   node recorded.mjs FOLDER NEW --dims batch=1,seq=1,past=128,total=129
//
// FOLDER has a generated model with its weights; NEW is a folder beside it. The values are the recorded ones, one after
// another and from the first one again.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrayType, type DType, type Tensor } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import ort from 'onnxruntime-node';
import { readTensors } from './tensors.ts';

const [folder, target, ...flags] = process.argv.slice(2);
if (!folder || !target || flags[0] !== '--dims')
  throw new Error('usage: node recorded.mjs FOLDER NEW --dims NAME=SIZE,…');
const sizes = new Map(flags[1]!.split(',').map((text) => text.split('=') as [string, string]));
const file = join(folder, 'model.onnx');
const recorded = readTensors(join(folder, 'inputs'));
const { graph } = await importFile(file);
const inputs = new Map(
  graph.inputs.map(({ name, type }) => {
    const dims = type.shape.map((dim) => (typeof dim === 'number' ? dim : Number(sizes.get(String(dim)))));
    return [name, cycled(recorded.get(name)!, dims)];
  }),
);
const session = await ort.InferenceSession.create(file, {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'disabled',
});
const feeds = [...inputs].map(([name, { dtype, dims, data }]) => [
  name,
  new ort.Tensor(dtype as 'float32', data as Float32Array, dims),
]);
const outputs = await session.run(Object.fromEntries(feeds));
cpSync(folder, target, { recursive: true });
write(join(target, 'inputs'), [...inputs]);
write(
  join(target, 'outputs'),
  Object.entries(outputs).map(([name, { type, dims, data }]) => [
    name,
    { dtype: type, dims, data } as unknown as Tensor,
  ]),
);

/** A tensor of other sizes with the values of one, in turn. */
function cycled({ dtype, data }: Tensor, dims: readonly number[]): Tensor {
  const all = new (arrayType(dtype as DType))(dims.reduce((a, b) => a * b, 1));
  for (let i = 0; i < all.length; i++) all[i] = data[i % data.length] as never;
  return { dtype, dims, data: all } as Tensor;
}

/** Tensors with an index.json, as `readTensors` reads them. */
function write(part: string, tensors: readonly (readonly [string, Tensor])[]): void {
  mkdirSync(part, { recursive: true });
  const index = tensors.map(([name, { dtype, dims, data }], i) => {
    const { buffer, byteOffset, byteLength } = data as Float32Array;
    writeFileSync(join(part, `${i}.bin`), new Uint8Array(buffer, byteOffset, byteLength));
    return { name, file: `${i}.bin`, dtype, dims };
  });
  writeFileSync(join(part, 'index.json'), JSON.stringify(index));
}
